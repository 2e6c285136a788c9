/* rocm_locks.h - keeps ROCm SMI's locks inside this process.
 *
 * The library keeps one lock a card in /dev/shm and shares it with every program that uses it. A program that is slow
 * then stalls us for seconds; one that dies at the wrong moment, or is killed because it hangs, leaves a lock that the
 * next rsmi_init takes over and never gives back: the threads of our restarted child would wait for ever, and others
 * fail with error 131 until somebody deletes the files [tried with 5.2.3]. From 6.1.2 on the library can be told to do
 * without (RSMI_MUTEX_THREAD_ONLY). For those before, labtop-agent exports a shm_open of its own, which the library
 * finds first; the locks only order reads of sysfs, which needs no order between programs.
 */
#ifndef GPU_ROCM_LOCKS_H
#define GPU_ROCM_LOCKS_H

/* Call before the library is opened. */
void rocm_locks_keep_private(void);

#endif
