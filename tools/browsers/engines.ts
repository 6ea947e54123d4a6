// Three browser engines behind one interface: Chromium and Firefox by puppeteer-core, WebKit by its driver.
import { ENGINES, type EngineName } from './programs.js'
import { openChromium, openFirefox } from './puppeteer.js'
import { openWebKit } from './webkit.js'

export { ENGINES, type EngineName }

/** What a page has said: by `console`, or by an error that nobody caught. */
export interface Message {
  /** As `console` has it: 'log', 'warn', 'error', …; 'uncaught' for an error that nobody caught. */
  readonly kind: string
  readonly text: string
}

/** A browser, with one page. */
export interface Engine {
  readonly name: EngineName
  /** With the engine's name: 'Chromium 120.0.6099.224'. */
  readonly version: string
  goto(url: string): Promise<void>
  reload(): Promise<void>
  /**
   * Runs in the page: an expression, or a function that uses nothing but its arguments and the page's globals. What it
   * returns is awaited, and has to be JSON, as the arguments.
   * @throws {Error} what it throws there.
   */
  evaluate<T>(expression: string): Promise<T>
  evaluate<T, A extends readonly unknown[]>(run: (...args: A) => T | Promise<T>, ...args: A): Promise<T>
  /** Presses a key, for what has the focus. */
  press(key: 'Enter' | 'Tab'): Promise<void>
  /** Of what is seen of the page, as PNG. */
  screenshot(): Promise<Uint8Array>
  /** The page's size, in CSS pixels, without the browser's own parts. */
  setViewport(size: { readonly width: number; readonly height: number }): Promise<void>
  /** What pages have said so far, oldest first. In WebKit, none that came before a page was loaded, nor workers'. */
  messages(): Promise<readonly Message[]>
  /** The errors among the messages. */
  errors(): Promise<string[]>
  close(): Promise<void>
}

const OPEN: { readonly [E in EngineName]: () => Promise<Engine> } = {
  chromium: openChromium,
  firefox: openFirefox,
  webkit: openWebKit,
}

/** Starts a browser, without a window. It ends with this process, however that ends. */
export const open = (engine: EngineName): Promise<Engine> => OPEN[engine]()

export const errorsIn = (messages: readonly Message[]): string[] =>
  messages.filter(({ kind }) => kind === 'error' || kind === 'uncaught').map(({ text }) => text)
