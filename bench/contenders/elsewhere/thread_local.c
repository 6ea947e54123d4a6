/* A thread-local counter in C: `volatile`, so that the loop is not folded into one addition. Prints ns for each
 * increment, one line for each sample: `name ns`. */
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
