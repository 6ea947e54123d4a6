// kernel.wat, as compiled by the build.

/** What of `process` is used here; a browser has none. */
interface Server {
  getBuiltinModule(id: 'node:fs'): { readFileSync(url: URL): Uint8Array }
}

/** From the file beside this module, or beside the bundle that it is in. In a browser it is fetched. */
export async function kernelBytes(): Promise<Uint8Array> {
  const url = new URL('kernel.wasm', import.meta.url)
  const files = (globalThis as { process?: Server }).process?.getBuiltinModule('node:fs')
  return files ? files.readFileSync(url) : new Uint8Array(await (await fetch(url)).arrayBuffer())
}
