// Programs with late threads run in processes of their own: here is what they share.
import { appendFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'

export interface LateWarning {
  readonly code: string | undefined
  readonly message: string
}

/** Collects the warnings of this process from now on. */
export function collectWarnings(): LateWarning[] {
  const warnings: LateWarning[] = []
  process.on('warning', warning => {
    warnings.push({ code: (warning as { code?: string }).code, message: warning.message })
  })
  return warnings
}

/** Waits for a warning, without reading. Returns after how many milliseconds it came; Infinity if it didn't. */
export async function whenWarned(warnings: readonly LateWarning[], limitMs = 3000): Promise<number> {
  const started = performance.now()
  while (warnings.length === 0) {
    if (performance.now() - started > limitMs) return Number.POSITIVE_INFINITY
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  return performance.now() - started
}

const parent =
  [...(process.getuid ? ['/dev/shm', '/tmp'] : []), process.env.TEMP ?? ''].find(existsSync) ?? ''

/** The folder in which late threads of a user leave their lines. */
export const folderOf = (user: number | string = process.getuid?.() ?? ''): string =>
  `${parent}/threadslots-${user}`

/** Leaves a line as a late thread of this process would. */
export function leaveLine(start: number, threadId: number, version: number, creator: string): void {
  if (!existsSync(folderOf())) mkdirSync(folderOf(), 0o700)
  const fields = [process.pid, start, threadId, version, creator]
  appendFileSync(`${folderOf()}/${process.pid & 63}`, `${fields.join('\t')}\n`)
}

export const removeFolderOf = (user: number): void => rmSync(folderOf(user), { recursive: true, force: true })
