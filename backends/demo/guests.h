/* guests.h - what the guests' process lists and the engines' word must agree on: who holds how much VRAM. */
#ifndef BACKENDS_DEMO_GUESTS_H
#define BACKENDS_DEMO_GUESTS_H

#define DEMO_PID_OLLAMA 1203 /* the server; its runners are children */
#define DEMO_PID_LLAMA  4711
#define DEMO_PID_QWEN   5120
#define DEMO_PID_VLLM   2204
#define DEMO_PID_CORE   2291 /* vLLM's engine core, child of the server */
#define DEMO_PID_DESK   3310

/* VRAM in GiB, and each card's part of it in guests.c. */
#define DEMO_LLAMA_GIB 44.4
#define DEMO_QWEN_GIB  18.2
#define DEMO_VLLM_GIB  17.1

#endif
