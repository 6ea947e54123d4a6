// Ends the processes that this one started, even if a signal kills this process. A shell does it: it waits until its
// input ends, which happens when `end()` is called or when this process is gone.
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Its first argument is the folder to remove. Each line of its input is a process group to end. */
const SCRIPT = `
while read -r group; do groups="$groups $group"; done
for group in $groups; do kill -s TERM -- "-$group"; done
for _ in 1 2 3 4 5 6 7 8 9 10; do
  running=
  for group in $groups; do kill -s 0 -- "-$group" && running=yes; done
  [ -z "$running" ] && break
  sleep 0.1
done
for group in $groups; do kill -s KILL -- "-$group"; done
rm -rf "$1" || { sleep 1; rm -rf "$1"; }
`

/** Ends process groups and removes their folder for temporary files. */
export interface Guardian {
  /** A new folder, removed at the end. */
  readonly folder: string
  /** Adds the process group of a child that was started with `detached`. */
  guard(pid: number | undefined): void
  /** Ends all groups. Resolves when they have ended and the folder is removed. */
  end(): Promise<void>
}

export function startGuardian(): Guardian {
  const folder = mkdtempSync(join(tmpdir(), 'threadslots-browser-'))
  // It gets a session of its own, so that a terminal's SIGINT doesn't reach it.
  const shell = spawn('sh', ['-c', SCRIPT, 'sh', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const ended = new Promise<void>(resolve => shell.once('exit', () => resolve()))
  return {
    folder,
    guard: pid => {
      if (pid !== undefined) shell.stdin.write(`${pid}\n`)
    },
    end: () => {
      shell.stdin.end()
      return ended
    },
  }
}
