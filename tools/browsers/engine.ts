// The interface of a browser engine, and what its implementations share.
import type { EngineName } from './programs.js'

/** Something that a page wrote to its console, or an error that nothing caught. */
export interface Message {
  /** The method of `console`: 'log', 'warn', 'error', …; 'uncaught' for an error that nothing caught. */
  readonly kind: string
  readonly text: string
}

/** A browser with one page. */
export interface Engine {
  readonly name: EngineName
  /** Starts with the engine's name: 'Chromium 120.0.6099.224'. */
  readonly version: string
  goto(url: string): Promise<void>
  reload(): Promise<void>
  /**
   * Evaluates an expression in the page, or calls a function there. The function may use only its arguments and the
   * page's globals. The result is awaited. Arguments and result must be JSON.
   * @throws {Error} what the code in the page throws.
   */
  evaluate<T>(expression: string): Promise<T>
  evaluate<T, A extends readonly unknown[]>(run: (...args: A) => T | Promise<T>, ...args: A): Promise<T>
  /** Presses a key in the focused element. */
  press(key: 'Enter' | 'Tab'): Promise<void>
  /** A PNG of the visible part of the page. */
  screenshot(): Promise<Uint8Array>
  /**
   * Sets the size of the page in CSS pixels, without the browser's own toolbars, and resolves when the page has that
   * size. WebKit's window is never narrower than its toolbar: its page is at least 400 to 450 pixels wide.
   */
  setViewport(size: { readonly width: number; readonly height: number }): Promise<void>
  /**
   * All messages so far, oldest first. WebKit misses those that a page wrote while it was loading, and those of
   * workers.
   */
  messages(): Promise<readonly Message[]>
  /** The errors among the messages. */
  errors(): Promise<string[]>
  close(): Promise<void>
}

/** The errors among some messages. */
export const errorsIn = (messages: readonly Message[]): string[] =>
  messages.filter(({ kind }) => kind === 'error' || kind === 'uncaught').map(({ text }) => text)

/** Each step of a browser may take this long: starting, loading a page, resizing. A busy machine needs many seconds. */
export const STEP_LIMIT_MS = 120_000

/** A page that computes without a pause never lets its browser close; the guardian ends that browser. */
const CLOSE_LIMIT_MS = 3000

/** Resolves when a browser is closed, or when it has had enough time for that. */
export const withinCloseLimit = (closing: Promise<unknown>): Promise<unknown> =>
  withinLimit(
    closing.catch(() => {}),
    CLOSE_LIMIT_MS,
  )

/** Resolves with a promise, or with undefined after some time. The timer doesn't keep this process alive. */
export const withinLimit = <T>(promise: Promise<T>, limitMs: number): Promise<T | undefined> =>
  Promise.race([
    promise,
    new Promise<undefined>(resolve => setTimeout(() => resolve(undefined), limitMs).unref()),
  ])
