/*
 * The protocol's words (claims, states, the directory), addressed by byte offset and accessed through `Atomics`. These
 * accesses keep their order in all threads, and can't tear. values.ts does the same for values.
 */
import type { Memory } from './layout.js'

/** Which of the two 32-bit words of a 64-bit one is the low word, and which the high one: that depends on the machine's byte order. */
export const HIGH: number = new Uint8Array(Uint32Array.of(1).buffer)[0] as number
export const LOW: number = 1 - HIGH

export const load32 = ({ i32 }: Memory, byteOffset: number): number => Atomics.load(i32, byteOffset / 4)
export const load64 = ({ i64 }: Memory, byteOffset: number): bigint => Atomics.load(i64, byteOffset / 8)

export const store32 = ({ i32 }: Memory, byteOffset: number, value: number): number =>
  Atomics.store(i32, byteOffset / 4, value)
export const store64 = ({ i64 }: Memory, byteOffset: number, value: bigint): bigint =>
  Atomics.store(i64, byteOffset / 8, value)

/** Adds to a word. */
export const add32 = ({ i32 }: Memory, byteOffset: number, amount: number): number =>
  Atomics.add(i32, byteOffset / 4, amount)

/** Compare and swap: returns true if the word was `expected`, and is `replacement` now. */
export const cas32 = ({ i32 }: Memory, byteOffset: number, expected: number, replacement: number): boolean =>
  Atomics.compareExchange(i32, byteOffset / 4, expected, replacement) === expected
export const cas64 = ({ i64 }: Memory, byteOffset: number, expected: bigint, replacement: bigint): boolean =>
  Atomics.compareExchange(i64, byteOffset / 8, expected, replacement) === expected
