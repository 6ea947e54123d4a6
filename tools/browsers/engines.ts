// Three browser engines behind one interface: puppeteer-core drives Chromium and Firefox, WebKit has its own driver.
import type { Engine, Message } from './engine.js'
import { ENGINES, type EngineName } from './programs.js'
import { openChromium, openFirefox } from './puppeteer.js'
import { openWebKit } from './webkit.js'

export { ENGINES, type Engine, type EngineName, type Message }

const OPEN: { readonly [E in EngineName]: () => Promise<Engine> } = {
  chromium: openChromium,
  firefox: openFirefox,
  webkit: openWebKit,
}

/** Starts a browser without a visible window. It ends with this process, however this process ends. */
export const open = (engine: EngineName): Promise<Engine> => OPEN[engine]()
