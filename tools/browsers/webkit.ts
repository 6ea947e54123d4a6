// WebKit, by its driver for WebKitGTK, on a display of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { type Engine, errorsIn, type Message } from './engines.js'
import { type Guardian, guardian } from './guardian.js'
import { findPrograms } from './programs.js'

/** What of selenium-webdriver is used here; it comes without types. */
interface Driver {
  get(url: string): Promise<void>
  navigate(): { refresh(): Promise<void> }
  executeAsyncScript<T>(script: string, ...args: unknown[]): Promise<T>
  switchTo(): { activeElement(): { sendKeys(keys: string): Promise<void> } }
  takeScreenshot(): Promise<string>
  manage(): {
    setTimeouts(timeouts: { script: number; pageLoad: number }): Promise<void>
    window(): { setRect(rect: { width: number; height: number }): Promise<unknown> }
  }
  getCapabilities(): Promise<{ get(name: string): string }>
  quit(): Promise<void>
}
interface Builder {
  usingServer(url: string): Builder
  withCapabilities(capabilities: object): Builder
  build(): Promise<Driver>
}
const { Builder } = createRequire(import.meta.url)('selenium-webdriver') as { Builder: new () => Builder }

const LIMIT_SECONDS = 30
const SCREEN = '2000x1500x24'
const DAY_MS = 86_400_000
/** In WebDriver's part of Unicode. */
const KEYS = { Enter: '\uE007', Tab: '\uE004' } as const

/** What was run, so that it can be told from what it returns that it threw. */
type Answer<T> = { readonly value: T } | { readonly error: string }

/** The driver sends scripts; functions come as their text. */
const RUN = `
const [code, isFunction, args, answer] = arguments
const work = async () => isFunction ? (0, eval)('(' + code + ')')(...args) : (0, eval)(code)
work().then(value => answer({ value }), error => answer({ error: String(error) }))
`

/** The driver tells nothing of a page's console: from the end of its loading on, the page itself keeps what is said there. */
const COLLECT = `
if (!globalThis.collectedMessages) {
  const messages = globalThis.collectedMessages = []
  for (const kind of ['debug', 'log', 'info', 'warn', 'error']) {
    const write = console[kind]
    console[kind] = (...values) => {
      messages.push({ kind, text: values.map(String).join(' ') })
      write.apply(console, values)
    }
  }
  const keep = error => messages.push({ kind: 'uncaught', text: String(error) })
  addEventListener('error', event => keep(event.error ?? event.message))
  addEventListener('unhandledrejection', event => keep(event.reason))
}
`

export async function openWebKit(): Promise<Engine> {
  const keeper = guardian()
  try {
    return await start(keeper)
  } catch (error) {
    await keeper.end()
    throw error
  }
}

async function start({ folder, guard, end }: Guardian): Promise<Engine> {
  const programs = findPrograms('webkit')
  const environment = {
    ...process.env,
    TMPDIR: folder,
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
    JSC_useSharedArrayBuffer: '1',
    // For root, WebKit has no sandbox.
    ...(process.getuid?.() === 0 ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' } : {}),
  }
  const run = (path: string, args: readonly string[], variables = {}) => {
    const child = spawn(path, args, {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      env: { ...environment, ...variables },
    })
    guard(child.pid)
    return child
  }
  // It looks for a free display by itself, and says which one it has.
  const display = run(programs.xvfb, ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp'])
  const number = await firstLine(display, display.stdio[3] as Readable)
  const port = await freePort()
  run(programs.driver, [`--port=${port}`], { DISPLAY: `:${number}` })
  await untilListening(port)
  const driver = await new Builder()
    .usingServer(`http://127.0.0.1:${port}`)
    .withCapabilities({
      browserName: 'MiniBrowser',
      'webkitgtk:browserOptions': { binary: programs.browser, args: ['--automation'] },
    })
    .build()
  await driver.manage().setTimeouts({ script: DAY_MS, pageLoad: LIMIT_SECONDS * 1000 })
  const version = (await driver.getCapabilities()).get('browserVersion')
  const evaluate = async <T>(code: unknown, ...args: unknown[]): Promise<T> => {
    const answer: Answer<T> = await driver.executeAsyncScript(
      RUN,
      `${code}`,
      typeof code === 'function',
      args,
    )
    if ('error' in answer) throw new Error(answer.error)
    return answer.value
  }
  /** Of pages that were left. */
  const past: Message[] = []
  const messages = async () => [...past, ...(await evaluate<Message[]>('globalThis.collectedMessages ?? []'))]
  const keep = async () => {
    past.splice(0, Infinity, ...(await messages()))
  }
  return {
    name: 'webkit',
    version: `WebKitGTK ${version}`,
    messages,
    errors: async () => errorsIn(await messages()),
    goto: async url => {
      // The driver can lose an answer, and then these messages are lost, too.
      await Promise.race([keep(), new Promise(resolve => setTimeout(resolve, 5000).unref())])
      await driver.get(url)
      await evaluate(COLLECT)
    },
    reload: async () => {
      await keep()
      await driver.navigate().refresh()
      await evaluate(COLLECT)
    },
    evaluate: evaluate as Engine['evaluate'],
    press: key => driver.switchTo().activeElement().sendKeys(KEYS[key]),
    screenshot: async () => Buffer.from(await driver.takeScreenshot(), 'base64'),
    setViewport: async ({ width, height }) => {
      const window = driver.manage().window()
      await window.setRect({ width, height })
      const [innerWidth, innerHeight] = await evaluate<[number, number]>('[innerWidth, innerHeight]')
      await window.setRect({ width: 2 * width - innerWidth, height: 2 * height - innerHeight })
    },
    close: async () => {
      // A page that computes for ever never answers.
      await Promise.race([
        driver.quit().catch(() => {}),
        new Promise(resolve => setTimeout(resolve, 3000).unref()),
      ])
      await end()
    },
  }
}

function firstLine(child: ChildProcess, stream: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: stream }).once('line', resolve)
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`${child.spawnfile} ended with ${code}`)))
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

async function untilListening(port: number): Promise<void> {
  const deadline = performance.now() + LIMIT_SECONDS * 1000
  while (performance.now() < deadline) {
    const isListening = await fetch(`http://127.0.0.1:${port}/status`).then(
      () => true,
      () => false,
    )
    if (isListening) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`WebKitWebDriver does not answer after ${LIMIT_SECONDS} s`)
}
