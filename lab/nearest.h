/* nearest.h - "did you mean". */
#ifndef LAB_NEAREST_H
#define LAB_NEAREST_H

/* The nearest of the words to typed, or NULL when none is near enough to be meant. */
const char *nearest_word(const char *typed, const char *const *words);

#endif
