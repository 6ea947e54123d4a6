;; Counts in slots whose addresses it gets from JavaScript. Plain loads and stores are enough: the thread that runs this
;; owns the row.
(module
  ;; These bounds accept a shared memory of any size: its own bounds have to be the same or narrower.
  (import "env" "memory" (memory 1 65536 shared))

  ;; Adds 1 to the slot, `$times` times. `$times` must be at least 1.
  (func (export "add_i32") (param $slot i32) (param $times i32)
    (loop $again
      (i32.store (local.get $slot) (i32.add (i32.load (local.get $slot)) (i32.const 1)))
      (br_if $again (local.tee $times (i32.sub (local.get $times) (i32.const 1))))))

  (func (export "add_i64") (param $slot i32) (param $times i32)
    (loop $again
      (i64.store (local.get $slot) (i64.add (i64.load (local.get $slot)) (i64.const 1)))
      (br_if $again (local.tee $times (i32.sub (local.get $times) (i32.const 1))))))

  (func (export "add_f64") (param $slot i32) (param $times i32)
    (loop $again
      (f64.store (local.get $slot) (f64.add (f64.load (local.get $slot)) (f64.const 1)))
      (br_if $again (local.tee $times (i32.sub (local.get $times) (i32.const 1))))))

  ;; Runs the Collatz sequence of each number from `$from` up to, not including, `$to`: an even number is halved, an odd one
  ;; becomes 3n + 1, until it is 1. Adds 1 to `$steps` (i64) at each step. At the end of a sequence, adds its largest
  ;; number to `$peaks` (f64), and then 1 to `$numbers` (i32).
  (func (export "collatz")
    (param $from i32) (param $to i32) (param $numbers i32) (param $steps i32) (param $peaks i32)
    (local $n i64) (local $peak i64)
    (loop $next
      (if (i32.ge_u (local.get $from) (local.get $to)) (then (return)))
      (local.set $n (i64.extend_i32_u (local.get $from)))
      (local.set $peak (local.get $n))
      (loop $step
        (if (i64.gt_u (local.get $n) (i64.const 1)) (then
          (local.set $n (select
            (i64.add (i64.mul (local.get $n) (i64.const 3)) (i64.const 1))
            (i64.shr_u (local.get $n) (i64.const 1))
            (i32.wrap_i64 (i64.and (local.get $n) (i64.const 1)))))
          (if (i64.gt_u (local.get $n) (local.get $peak)) (then (local.set $peak (local.get $n))))
          (i64.store (local.get $steps) (i64.add (i64.load (local.get $steps)) (i64.const 1)))
          (br $step))))
      (f64.store (local.get $peaks) (f64.add (f64.load (local.get $peaks)) (f64.convert_i64_u (local.get $peak))))
      (i32.store (local.get $numbers) (i32.add (i32.load (local.get $numbers)) (i32.const 1)))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (br $next))))
