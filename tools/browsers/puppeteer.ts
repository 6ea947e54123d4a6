// Drives Chromium by its DevTools protocol, and Firefox by WebDriver BiDi.
import puppeteer, { type LaunchOptions } from 'puppeteer-core'
import { type Engine, errorsIn, type Message, STEP_LIMIT_MS, withinCloseLimit } from './engine.js'
import { startGuardian } from './process-guardian.js'
import { findPrograms } from './programs.js'

/** Keeps Chromium from doing other work while it is tested. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

export function openChromium(): Promise<Engine> {
  // Chromium refuses to run its sandbox as root.
  const args = process.getuid?.() === 0 ? ['--no-sandbox', ...QUIET] : QUIET
  return launch('chromium', { executablePath: findPrograms('chromium').chromium, args, pipe: true })
}

export const openFirefox = (): Promise<Engine> =>
  launch('firefox', { browser: 'firefox', executablePath: findPrograms('firefox').firefox })

async function launch(name: 'chromium' | 'firefox', options: LaunchOptions): Promise<Engine> {
  const { folder, guard, end } = startGuardian()
  const environment = { ...process.env, TMPDIR: folder }
  try {
    const browser = await puppeteer.launch({
      headless: true,
      timeout: STEP_LIMIT_MS,
      // No limit: a page may compute for a long time before it answers.
      protocolTimeout: 0,
      env: environment,
      ...options,
    })
    guard(browser.process()?.pid)
    const page = await browser.newPage()
    page.setDefaultTimeout(STEP_LIMIT_MS)
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
      setViewport: async ({ width, height }) => {
        await page.setViewport({ width, height })
        await page.waitForFunction(`innerWidth === ${width} && innerHeight === ${height}`, { polling: 50 })
      },
      close: async () => {
        await withinCloseLimit(browser.close())
        await end()
      },
    }
    return engine
  } catch (error) {
    await end()
    throw error
  }
}
