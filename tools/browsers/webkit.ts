// Drives WebKitGTK by its own WebDriver, on a display of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import {
  type Engine,
  errorsIn,
  type Message,
  STEP_LIMIT_MS,
  withinCloseLimit,
  withinLimit,
} from './engine.js'
import { type Guardian, startGuardian } from './process-guardian.js'
import { findPrograms } from './programs.js'

/** The part of selenium-webdriver that is used here. The package has no types. */
interface Driver {
  get(url: string): Promise<void>
  navigate(): { refresh(): Promise<void> }
  executeAsyncScript<T>(script: string, ...args: unknown[]): Promise<T>
  switchTo(): { activeElement(): { sendKeys(keys: string): Promise<void> } }
  takeScreenshot(): Promise<string>
  manage(): {
    setTimeouts(timeouts: { script: number; pageLoad: number }): Promise<void>
    window(): {
      getRect(): Promise<{ width: number; height: number }>
      setRect(rect: { width: number; height: number }): Promise<unknown>
    }
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

/** Width, height and colour depth. */
const SCREEN = '2000x1500x24'
/** A page may compute for a long time before it answers. */
const SCRIPT_LIMIT_MS = 86_400_000
/** For the messages of a page that is left. The driver can lose an answer, and these messages with it. */
const MESSAGES_LIMIT_MS = 15_000
const POLL_MS = 50
/** WebDriver's code points for keys that have no character. */
const KEYS = { Enter: '\uE007', Tab: '\uE004' } as const

/** The outcome of code in the page: its result, or the error that it threw. */
type Answer<T> = { readonly value: T } | { readonly error: string }

/**
 * The script that the driver sends. The code is part of it, because pages with a content security policy allow no `eval`.
 * @param code an expression, or the source text of a function.
 */
const scriptOf = (code: string, isFunction: boolean): string => `
const [args, answer] = arguments
const work = async () => ${isFunction ? `(${code})(...args)` : `(${code})`}
work().then(value => answer({ value }), error => answer({ error: String(error) }))
`

/** The driver doesn't report the console, so the page itself collects messages, from when it has loaded. */
const COLLECT = `(() => {
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
})()`

export async function openWebKit(): Promise<Engine> {
  const guardian = startGuardian()
  try {
    return await start(guardian)
  } catch (error) {
    await guardian.end()
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
    // WebKit refuses to run its sandbox as root.
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
  // Xvfb finds a free display number and writes it to the file descriptor 3.
  const display = run(programs.xvfb, ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp'])
  const number = await firstLine(display, display.stdio[3] as Readable)
  const port = await freePort()
  run(programs.driver, [`--port=${port}`], { DISPLAY: `:${number}` })
  await until('WebKitWebDriver answers', () =>
    fetch(`http://127.0.0.1:${port}/status`).then(
      () => true,
      () => false,
    ),
  )
  const driver = await new Builder()
    .usingServer(`http://127.0.0.1:${port}`)
    .withCapabilities({
      browserName: 'MiniBrowser',
      'webkitgtk:browserOptions': { binary: programs.browser, args: ['--automation'] },
    })
    .build()
  await driver.manage().setTimeouts({ script: SCRIPT_LIMIT_MS, pageLoad: STEP_LIMIT_MS })
  const version = (await driver.getCapabilities()).get('browserVersion')
  const evaluate = async <T>(code: unknown, ...args: unknown[]): Promise<T> => {
    const script = scriptOf(`${code}`, typeof code === 'function')
    const answer: Answer<T> = await driver.executeAsyncScript(script, args)
    if ('error' in answer) throw new Error(answer.error)
    return answer.value
  }
  /** Messages of the pages that were left. */
  const earlier: Message[] = []
  const messages = async () => [
    ...earlier,
    ...(await evaluate<Message[]>('globalThis.collectedMessages ?? []')),
  ]
  const keepMessages = async () => {
    earlier.splice(0, Infinity, ...(await messages()))
  }
  return {
    name: 'webkit',
    version: `WebKitGTK ${version}`,
    messages,
    errors: async () => errorsIn(await messages()),
    goto: async url => {
      await withinLimit(keepMessages(), MESSAGES_LIMIT_MS)
      await driver.get(url)
      await evaluate(COLLECT)
    },
    reload: async () => {
      await keepMessages()
      await driver.navigate().refresh()
      await evaluate(COLLECT)
    },
    evaluate: evaluate as Engine['evaluate'],
    press: key => driver.switchTo().activeElement().sendKeys(KEYS[key]),
    screenshot: async () => Buffer.from(await driver.takeScreenshot(), 'base64'),
    setViewport: size => resizePage(driver, evaluate, size),
    close: async () => {
      await withinCloseLimit(driver.quit())
      await end()
    },
  }
}

interface Size {
  readonly width: number
  readonly height: number
}

/** The driver sets the size of the window, and the page follows later. */
async function resizePage(
  driver: Driver,
  evaluate: <T>(expression: string) => Promise<T>,
  { width, height }: Size,
): Promise<void> {
  const window = driver.manage().window()
  const sizes = () =>
    evaluate<{ inner: Size; outer: Size }>(`({
      inner: { width: innerWidth, height: innerHeight },
      outer: { width: outerWidth, height: outerHeight },
    })`)
  const { inner, outer } = await sizes()
  const toolbars = { width: outer.width - inner.width, height: outer.height - inner.height }
  await window.setRect({ width: width + toolbars.width, height: height + toolbars.height })
  await until(`the page is ${width} × ${height}`, async () => {
    // The window may be wider than asked for.
    const [rect, { inner }] = [await window.getRect(), await sizes()]
    const pageWidth = rect.width - toolbars.width
    return pageWidth >= width && inner.width === pageWidth && inner.height === height
  })
}

function firstLine(child: ChildProcess, stream: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface({ input: stream }).once('line', resolve)
    child.once('error', reject)
    child.once('exit', code =>
      reject(new Error(`${child.spawnfile} exited with code ${code} before it wrote a line`)),
    )
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

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + STEP_LIMIT_MS
  while (!(await isSo())) {
    if (performance.now() > deadline)
      throw new Error(`waited ${STEP_LIMIT_MS / 1000} s in vain until ${what}`)
    await new Promise(resolve => setTimeout(resolve, POLL_MS))
  }
}
