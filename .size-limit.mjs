// The largest number of bytes that each entry of the package may have, minified and gzipped. Imports don't count: neither the
// core, which all other entries import, nor the libraries that an adapter is for. `npm run size` prints the present sizes.
import { readFileSync } from 'node:fs'

const LIMITS = {
  '.': 13_800,
  './browser': 2400,
  './histogram': 1500,
  './labels': 2600,
  './prometheus': 4600,
  './opentelemetry': 4900,
  './cancel': 1700,
  './top': 20_700,
  './monitor': 3400,
  './monitor/auto': 600,
}

const manifest = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))

/** One check per entry. Throws if an entry has no limit, or a limit no entry. */
export function checksOf({ name, exports }, limits) {
  const modules = Object.entries(exports).filter(([entry]) => entry !== './package.json')
  const unknown = Object.keys(limits).filter(entry => !(entry in exports))
  if (unknown.length > 0)
    throw new Error(`.size-limit.mjs limits what package.json does not export: ${unknown}`)
  return modules.map(([entry, { default: file }]) => {
    const limit = limits[entry]
    if (limit === undefined) throw new Error(`${entry} has no size limit; give it one in .size-limit.mjs`)
    return {
      name: name + entry.slice(1),
      path: file.replace('dist', 'build/minified'),
      limit: `${limit} B`,
      gzip: true,
    }
  })
}

/** The server's host is no entry: programs on servers get it with the core, and bundles for browsers don't. */
const serverHost = {
  name: "the server's host",
  path: './build/minified/server.js',
  limit: '2500 B',
  gzip: true,
}

export default [...checksOf(manifest, LIMITS), serverHost]
