/*
 * Maps places in scripts to places in their sources, with source maps from the file system.
 */
import { readFileSync, statSync } from 'node:fs'
import { SourceMap, type SourceMapping } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** A place in a script; lines and columns count from 1. */
export interface Place {
  /** A URL, or the path that a script of CommonJS has. */
  readonly url: string
  readonly line: number
  readonly column: number
}

const MARK = '\n//# sourceMappingURL='

/** Larger scripts and maps aren't read. */
const MAX_FILE_BYTES = 4 << 20
/** Of all maps together. Decoded, these take some 20 MB of the program's memory. */
const MAX_MAPPINGS_CHARS = 1 << 20

interface LoadedMap {
  readonly map: SourceMap
  /** What the names of its sources are relative to. */
  readonly base: string
}

/** Maps places, and loads each script's map once. Don't keep it: maps are large. */
export class SourceMaps {
  readonly #maps = new Map<string, LoadedMap | undefined>()
  #charsLeft = MAX_MAPPINGS_CHARS

  /** The place itself if its script has no map, or one that is damaged, too large or not in the file system. */
  original(place: Place): Place {
    const { url, line, column } = place
    if (!this.#maps.has(url)) this.#maps.set(url, this.#load(url))
    const loaded = this.#maps.get(url)
    if (!loaded) return place
    // An empty object if nothing is mapped there.
    const entry = loaded.map.findEntry(line - 1, column - 1) as SourceMapping | { originalSource?: undefined }
    if (entry.originalSource === undefined || !URL.canParse(entry.originalSource, loaded.base)) return place
    return {
      url: new URL(entry.originalSource, loaded.base).href,
      line: entry.originalLine + 1,
      column: entry.originalColumn + 1,
    }
  }

  #load(script: string): LoadedMap | undefined {
    try {
      const scriptUrl = script.includes('://') ? new URL(script) : pathToFileURL(script)
      const text = readText(scriptUrl)
      const at = text.lastIndexOf(MARK)
      if (at < 0) return undefined
      const [name] = text.slice(at + MARK.length).split(/\s/, 1) as [string]
      const mapUrl = new URL(name, scriptUrl)
      const { sourcesContent, ...payload } = JSON.parse(readText(mapUrl))
      if (payload.mappings.length > this.#charsLeft) return undefined
      this.#charsLeft -= payload.mappings.length
      const folder = mapUrl.protocol === 'data:' ? scriptUrl : mapUrl
      const { href } = payload.sourceRoot ? new URL(`${payload.sourceRoot}/`, folder) : folder
      return { map: new SourceMap(payload), base: href }
    } catch {
      return undefined
    }
  }
}

/** @throws {Error} if it isn't a file, can't be read, or is too large. */
function readText(url: URL): string {
  if (url.protocol === 'data:') return textInDataUrl(url.pathname)
  const path = fileURLToPath(url)
  const { size } = statSync(path)
  if (size > MAX_FILE_BYTES) throw new Error(`${path} has ${size} bytes`)
  return readFileSync(path, 'utf8')
}

function textInDataUrl(data: string): string {
  const comma = data.indexOf(',')
  const body = data.slice(comma + 1)
  return data.slice(0, comma).endsWith(';base64')
    ? Buffer.from(body, 'base64').toString()
    : decodeURIComponent(body)
}
