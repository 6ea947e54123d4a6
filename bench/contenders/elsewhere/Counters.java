import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Thread-safe and thread-local counters in Java. Prints a line `name<tab>ns per increment` for each sample. */
class Counters {
  static final int BATCH = 1_000_000;
  static final int SAMPLES = 60;
  /** The number of samples after which the compiler has finished. */
  static final int WARM_UP = 20;

  static final LongAdder adder = new LongAdder();
  static final AtomicLong atomic = new AtomicLong();
  static final ThreadLocal<long[]> local = ThreadLocal.withInitial(() -> new long[1]);

  static void addToAdder() {
    for (int i = 0; i < BATCH; i++) adder.increment();
  }

  static void addToAtomic() {
    for (int i = 0; i < BATCH; i++) atomic.incrementAndGet();
  }

  static void addToLocal() {
    for (int i = 0; i < BATCH; i++) local.get()[0]++;
  }

  static void sample(String name, Runnable count, boolean prints) {
    long start = System.nanoTime();
    count.run();
    double ns = (System.nanoTime() - start) / (double) BATCH;
    if (prints) System.out.println(name + "\t" + ns);
  }

  public static void main(String[] args) {
    for (int i = 0; i < WARM_UP + SAMPLES; i++) {
      sample("Java: LongAdder.increment()", Counters::addToAdder, i >= WARM_UP);
      sample("Java: AtomicLong.incrementAndGet()", Counters::addToAtomic, i >= WARM_UP);
      sample("Java: ThreadLocal<long[]>.get()[0]++", Counters::addToLocal, i >= WARM_UP);
    }
    long expected = (long) (WARM_UP + SAMPLES) * BATCH;
    if (adder.sum() != expected || atomic.get() != expected || local.get()[0] != expected) System.exit(1);
  }
}
