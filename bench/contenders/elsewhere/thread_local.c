/* A thread-local counter in C. It is volatile so that the compiler does not replace the loop by one addition. Prints a line
 * `name<tab>ns per increment` for each sample. */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#define BATCH 1000000
#define SAMPLES 100

static __thread volatile uint32_t whole;
static __thread volatile double fraction;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(void) {
  for (int sample = 0; sample < SAMPLES; sample++) {
    double start = now();
    for (int i = 0; i < BATCH; i++) whole++;
    printf("C: __thread volatile uint32_t, x++\t%f\n", (now() - start) / BATCH);
    start = now();
    for (int i = 0; i < BATCH; i++) fraction++;
    printf("C: __thread volatile double, x++\t%f\n", (now() - start) / BATCH);
  }
  return whole != (uint32_t)BATCH * SAMPLES || fraction != (double)BATCH * SAMPLES;
}
