/*
 * This repository on disk: its root folder, and the versions of the packages in it.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The root folder. This module runs from `build/tools/`. */
export const root: string = join(import.meta.dirname, '../..')

/** The version of this package. */
export const ownVersion: string = versionIn(root)

/** The version of an installed dependency; undefined if it is not installed. */
export function installedVersion(name: string): string | undefined {
  const folder = join(root, 'node_modules', name)
  return existsSync(folder) ? versionIn(folder) : undefined
}

function versionIn(folder: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return version
}
