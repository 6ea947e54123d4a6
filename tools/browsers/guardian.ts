// Ends what was started, also where this process is ended by a signal, even by one that can't be handled: a shell waits
// for the end of its input, which comes with `end()` or with this process.
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Its first argument is a folder to remove, its input the process groups to end. */
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

export interface Guardian {
  /** Removed at the end. */
  readonly folder: string
  /** Has the group of a process end, too: one that was started with `detached`. */
  guard(pid: number | undefined): void
  /** Ends all groups; resolves when they have ended, and the folder is gone. */
  end(): Promise<void>
}

export function guardian(): Guardian {
  const folder = mkdtempSync(join(tmpdir(), 'threadslots-browser-'))
  // In a session of its own: a terminal's SIGINT is not for it.
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
