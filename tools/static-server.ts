// Serves folders to browsers on this machine, with the headers that a page needs to share memory.
import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, resolve, sep } from 'node:path'

export interface Server {
  /** Ends with a slash. */
  readonly url: string
  close(): Promise<void>
}

/** Without these two headers, a page has no SharedArrayBuffer. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
}

/**
 * Serves folders or single files under URL paths: `{ '/dist/': 'dist', '/': 'build/page' }`. A path that ends with a slash
 * stands for the index.html in that folder.
 * @param options `isIsolated`: send the headers without which a page can't share memory (default: true). `isStored`: let
 * browsers cache the files and keep pages that were left (default: false). `port`: default 0, any free port.
 */
export async function serve(
  folders: { readonly [path: `/${string}`]: string },
  {
    isIsolated = true,
    isStored = false,
    port = 0,
  }: { readonly isIsolated?: boolean; readonly isStored?: boolean; readonly port?: number } = {},
): Promise<Server> {
  const headers = { ...(isStored ? {} : { 'Cache-Control': 'no-store' }), ...(isIsolated ? ISOLATION : {}) }
  // The longest path comes first, because every path starts with '/'.
  const mounts = Object.entries(folders).sort(([a], [b]) => b.length - a.length)
  const answer = async (path: string, response: ServerResponse) => {
    const file = fileOf(mounts, path)
    const content = file === undefined ? undefined : await readFile(file).catch(() => undefined)
    // Browsers request this icon on their own, and report a 404 as an error.
    if (path === '/favicon.ico' && content === undefined) response.writeHead(204).end()
    else if (file === undefined || content === undefined) response.writeHead(404, headers).end('not found')
    else response.writeHead(200, { ...headers, 'Content-Type': typeOf(file) }).end(content)
  }
  const server = createServer((request, response) => {
    answer(request.url ?? '/', response)
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(port, '127.0.0.1', listening)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise(closed => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

/** The file that a URL stands for; undefined if it is outside every folder, however the path is written. */
function fileOf(
  mounts: readonly (readonly [path: string, folder: string])[],
  url: string,
): string | undefined {
  const path = decode(url.replace(/[?#].*/, ''))
  const mount = mounts.find(([start]) => path?.startsWith(start))
  if (path === undefined || mount === undefined) return undefined
  const [start, folder] = mount
  const file = resolve(folder, `./${path.slice(start.length)}`)
  if (!`${file}${sep}`.startsWith(`${resolve(folder)}${sep}`)) return undefined
  return path.endsWith('/') ? join(file, 'index.html') : file
}

/** Undefined if the path can't be decoded or contains a NUL. */
function decode(path: string): string | undefined {
  try {
    const decoded = decodeURIComponent(path)
    return decoded.includes('\0') ? undefined : decoded
  } catch {
    return undefined
  }
}

const typeOf = (file: string): string => TYPES[extname(file)] ?? 'application/octet-stream'
