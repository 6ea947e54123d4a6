// The runtime that a test runs under: and what it skips.
export type BrowserName = 'chromium' | 'firefox' | 'webkit'
export type RuntimeName = 'node' | 'bun' | 'deno' | BrowserName

const scope = globalThis as {
  readonly process?: { readonly versions: { readonly [name: string]: string | undefined } }
  readonly navigator?: { readonly userAgent: string }
}

export const RUNTIME: RuntimeName = scope.process
  ? serverOf(scope.process.versions)
  : browserOf(scope.navigator?.userAgent ?? '')

function serverOf(versions: { readonly [name: string]: string | undefined }): RuntimeName {
  return versions.bun ? 'bun' : versions.deno ? 'deno' : 'node'
}

/** All of them call themselves AppleWebKit but for Firefox, and Chromium alone calls itself Chrome. */
function browserOf(userAgent: string): BrowserName {
  if (userAgent.includes('Firefox/')) return 'firefox'
  return userAgent.includes('Chrome/') ? 'chromium' : 'webkit'
}

export const isBrowser: boolean = scope.process === undefined

/** A skipped test, as the runner of all tests reads it from a line of its own. */
export interface Skip {
  readonly test: string
  readonly reason: string
}

export const SKIP_MARK = '::skipped '
