/*
 * Texts: a string that one thread assigns and all threads read, whole or not at all.
 *
 * A text has two buffers, and a version whose lowest bit tells which of them is active. To assign, its thread fills the
 * other buffer and then raises the version, so a crash in the middle leaves the old text. A reader copies the active
 * buffer, and takes the copy only if the version is still the same: a buffer is written again no earlier than after the
 * next rise.
 *
 * Every access is atomic. In a plain store, the bytes of the next text could overtake the version on Arm, and a reader would
 * find them under the old one.
 */
import { roundUp } from './layout.js'
import type { Views } from './views.js'

/** The view that a text is accessed through. Byte offsets count from its start. */
type TextViews = Pick<Views<ArrayBufferLike>, 'i32'>

const VERSION_BYTES = 4
const LENGTH_BYTES = 4

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

const NO_WORDS = new Int32Array(0)

/** A reader gives up after this many changes in a row, because it may never catch a thread that does nothing but assign. */
const MAX_READS = 100

const bufferBytes = (maxBytes: number): number => LENGTH_BYTES + roundUp(maxBytes, 4)

/** Bytes of a text of up to `maxBytes` bytes of UTF-8. */
export const textBytes = (maxBytes: number): number => VERSION_BYTES + 2 * bufferBytes(maxBytes)

const bufferIndex = (index: number, version: number, maxBytes: number): number =>
  index + (VERSION_BYTES + (version & 1) * bufferBytes(maxBytes)) / 4

/**
 * Assigns a text. Only its own thread may. What exceeds `maxBytes` is cut off, between two code points.
 */
export function writeText({ i32 }: TextViews, byteOffset: number, maxBytes: number, text: string): void {
  // Private memory, because encoders refuse to write to shared memory.
  const words = new Int32Array(roundUp(maxBytes, 4) / 4)
  const bytes = new Uint8Array(words.buffer, 0, maxBytes)
  const byteLength = new TextEncoder().encodeInto(text, bytes).written
  const index = byteOffset / 4
  const version = Atomics.load(i32, index) + 1
  const start = bufferIndex(index, version, maxBytes)
  Atomics.store(i32, start, byteLength)
  for (let word = 0; word < byteLength / 4; word++)
    Atomics.store(i32, start + 1 + word, words[word] as number)
  Atomics.store(i32, index, version)
}

/** A text; undefined if its thread changes it so often that no whole one can be read. Any thread may ask. */
export function readText({ i32 }: TextViews, byteOffset: number, maxBytes: number): string | undefined {
  const index = byteOffset / 4
  for (let reads = 0; reads < MAX_READS; reads++) {
    const version = Atomics.load(i32, index)
    const start = bufferIndex(index, version, maxBytes)
    const byteLength = Math.min(Atomics.load(i32, start) >>> 0, maxBytes)
    // Most threads have no name.
    const words = byteLength ? new Int32Array(roundUp(byteLength, 4) / 4) : NO_WORDS
    for (let word = 0; word < words.length; word++) words[word] = Atomics.load(i32, start + 1 + word)
    if (Atomics.load(i32, index) !== version) continue
    return byteLength ? decoder.decode(new Uint8Array(words.buffer, 0, byteLength)) : ''
  }
  return undefined
}
