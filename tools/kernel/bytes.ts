/*
 * The compiled kernel: the build compiles kernel.wat to kernel.wasm.
 */

/** The part of `process` that is used here; browsers have no `process`. */
interface Server {
  getBuiltinModule(id: 'node:fs'): { readFileSync(url: URL): Uint8Array }
}

/**
 * Reads kernel.wasm, on servers from disk and in browsers by `fetch`. It lies beside this module, or beside
 * its bundle.
 */
export async function kernelBytes(): Promise<Uint8Array> {
  const url = new URL('kernel.wasm', import.meta.url)
  const files = (globalThis as { process?: Server }).process?.getBuiltinModule('node:fs')
  return files ? files.readFileSync(url) : new Uint8Array(await (await fetch(url)).arrayBuffer())
}
