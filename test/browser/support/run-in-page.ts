// Runs a test file in a page and collects what it prints. The runner polls `testProgress`.
/** What has happened in a page since the runner last asked. */
export interface Progress {
  readonly output: string
  readonly hasEnded: boolean
  /** An error outside of any test. Null if there is none, since JSON has no undefined. */
  readonly problem: string | null
}

/** The page's globals that are used here. */
const page = globalThis as unknown as {
  addEventListener(
    type: string,
    listener: (event: { error?: unknown; reason?: unknown; message?: string }) => void,
  ): void
  /** @param from number of characters of the output that the runner already has. */
  testProgress: (from: number) => Progress
}

/** The last line that uvu prints. */
const LAST_LINE = /^\s*Duration:/
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with this character.
const COLOURS = /\x1b\[\d+m/g
/** Errors that are already under way when the last test ends are still reported. */
const LATE_ERRORS_MS = 50

/** Loads a module of tests and collects its output. */
export function runTests(url: string): void {
  let output = ''
  let hasEnded = false
  let problem: string | null = null
  page.testProgress = from => ({ output: output.slice(from), hasEnded, problem })
  const end = () => {
    setTimeout(() => {
      hasEnded = true
    }, LATE_ERRORS_MS)
  }
  const fail = (error: unknown) => {
    problem ??= `uncaught ${error}`.split('\n')[0] as string
    output += `uncaught ${error} ${error instanceof Error ? error.stack : ''}\n`
    end()
  }
  for (const method of ['debug', 'error', 'info', 'log', 'warn'] as const) {
    console[method] = (...values: readonly unknown[]) => {
      const text = values.join(' ').replace(COLOURS, '')
      // uvu writes a mark for each test with console.log, as if that started no new line.
      output += /^[•✘] $/.test(text) ? text : `${text}\n`
      if (LAST_LINE.test(text)) end()
    }
  }
  page.addEventListener('error', ({ error, message }) => fail(error ?? message))
  page.addEventListener('unhandledrejection', ({ reason }) => fail(reason))
  load(url).catch(fail)
}

async function load(url: string): Promise<void> {
  // Not earlier: uvu keeps the `console.log` that it finds when it is loaded.
  const { test } = await import('uvu')
  // Between tests that compute without a pause, the page gets a chance to answer the runner.
  test.before.each(() => new Promise(resolve => setTimeout(resolve)))
  await import(url)
}
