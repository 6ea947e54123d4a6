// In a page: runs a test file, and keeps what it says.

/** How a test file ended, in a page. */
export interface Ending {
  readonly output: string
  /** What was wrong, other than a test that failed. JSON has no undefined. */
  readonly problem: string | null
}

/** A page's own globals, as far as they are used here. */
const page = globalThis as unknown as {
  addEventListener(
    type: string,
    listener: (event: { error?: unknown; reason?: unknown; message?: string }) => void,
  ): void
  testsEnding: Ending | undefined
  testsOutput: () => string
}

/** uvu's last word. */
const LAST = /^\s*Duration:/
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what colours begin with.
const COLOURS = /\x1b\[\d+m/g

/** Loads a module of tests. `testsEnding` tells how they ended, once they have. */
export function runTests(url: string): void {
  let output = ''
  page.testsOutput = () => output
  let problem: string | null = null
  const end = () => {
    // What was already under way may still fail.
    setTimeout(() => {
      page.testsEnding ??= { output, problem }
    }, 50)
  }
  const fail = (error: unknown) => {
    problem ??= `uncaught ${error}`.split('\n')[0] as string
    output += `uncaught ${error} ${error instanceof Error ? error.stack : ''}\n`
    end()
  }
  for (const method of ['debug', 'error', 'info', 'log', 'warn'] as const) {
    console[method] = (...values: readonly unknown[]) => {
      const text = values.join(' ').replace(COLOURS, '')
      // uvu takes it for a stream here; a mark for each test is no line.
      output += /^[•✘] $/.test(text) ? text : `${text}\n`
      if (LAST.test(text)) end()
    }
  }
  page.addEventListener('error', ({ error, message }) => fail(error ?? message))
  page.addEventListener('unhandledrejection', ({ reason }) => fail(reason))
  import(url).catch(fail)
}
