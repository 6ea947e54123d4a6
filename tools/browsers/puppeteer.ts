// Chromium, by its own protocol, and Firefox, by WebDriver BiDi.
import puppeteer, { type LaunchOptions } from 'puppeteer-core'
import { type Engine, errorsIn, type Message } from './engines.js'
import { guardian } from './guardian.js'
import { findPrograms } from './programs.js'

/** What a browser is not to do by itself while it is tested. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

export function openChromium(): Promise<Engine> {
  // For root, Chromium has no sandbox.
  const args = process.getuid?.() === 0 ? ['--no-sandbox', ...QUIET] : QUIET
  return launch('chromium', { executablePath: findPrograms('chromium').chromium, args, pipe: true })
}

export const openFirefox = (): Promise<Engine> =>
  launch('firefox', { browser: 'firefox', executablePath: findPrograms('firefox').firefox })

async function launch(name: 'chromium' | 'firefox', options: LaunchOptions): Promise<Engine> {
  const { folder, guard, end } = guardian()
  const environment = { ...process.env, TMPDIR: folder }
  try {
    // No time limit of its own: a page may compute for long before it answers.
    const browser = await puppeteer.launch({
      headless: true,
      protocolTimeout: 0,
      env: environment,
      ...options,
    })
    guard(browser.process()?.pid)
    const page = await browser.newPage()
    const messages: Message[] = []
    page.on('console', message => {
      messages.push({ kind: message.type(), text: message.text() })
    })
    page.on('pageerror', error => {
      messages.push({ kind: 'uncaught', text: String(error instanceof Error ? error.stack : error) })
    })
    const [, number] = (await browser.version()).split('/')
    const engine: Engine = {
      name,
      version: `${name === 'chromium' ? 'Chromium' : 'Firefox'} ${number}`,
      messages: async () => messages,
      errors: async () => errorsIn(messages),
      goto: async url => {
        await page.goto(url)
      },
      reload: async () => {
        await page.reload()
      },
      evaluate: (run: string | ((...args: never[]) => unknown), ...args: unknown[]) =>
        page.evaluate(run as never, ...(args as never[])) as Promise<never>,
      press: key => page.keyboard.press(key),
      screenshot: () => page.screenshot(),
      setViewport: size => page.setViewport(size),
      close: async () => {
        await Promise.race([browser.close(), new Promise(resolve => setTimeout(resolve, 3000).unref())])
        await end()
      },
    }
    return engine
  } catch (error) {
    await end()
    throw error
  }
}
