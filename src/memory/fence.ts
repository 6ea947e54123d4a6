/*
 * A fence for plain loads.
 *
 * By ECMA-262, a plain load may see what another thread stores later. Hardware is stricter: no processor moves a load across
 * this pair. On x86-64, loads keep their order anyway. On Armv8, V8 emits `stlr` and `ldar`: what comes before the first stays
 * before it, what comes after the second stays after it, and the two keep their order. docs/memory-model.md has the proof.
 */

/** A word that no other thread ever sees. A page that can't share memory has no other threads. */
export const ownWord: Int32Array<ArrayBufferLike> = new Int32Array(
  new (globalThis.SharedArrayBuffer ?? ArrayBuffer)(4),
)

/** All loads before it complete before any load after it begins. */
export function fence(): void {
  Atomics.store(ownWord, 0, 0)
  Atomics.load(ownWord, 0)
}
