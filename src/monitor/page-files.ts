/*
 * The files of the live page, which the build puts beside the monitor's modules.
 */
import { readFileSync } from 'node:fs'

export interface PageFile {
  readonly path: string
  readonly type: string
  readonly body: Buffer
}

const FILES = [
  { path: '/', name: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/page.js', name: 'page.js', type: 'text/javascript; charset=utf-8' },
  { path: '/page.css', name: 'page.css', type: 'text/css; charset=utf-8' },
]

/** Read once, before the first request: a file system that hangs mustn't keep the monitor from answering. */
export const pageFiles = (): PageFile[] =>
  FILES.map(({ path, name, type }) => ({
    path,
    type,
    body: readFileSync(new URL(`monitor-page/${name}`, import.meta.url)),
  }))
