// Reads the monitor's page, and starts the program that it shows. Functions that run in the page use nothing from this file.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Engine } from '../../../tools/browsers/engines.js'
import { untilIn } from './example-page.js'

const PROGRAM = fileURLToPath(new URL('monitored-program.js', import.meta.url))

/** A running program of monitored-program.ts. */
export class Program {
  readonly url: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, url: string) {
    this.#child = child
    this.url = url
  }

  /** Starts a program, and waits until its monitor listens. */
  static async start(port = 0): Promise<Program> {
    const child = spawn(process.execPath, [PROGRAM], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, PORT: `${port}` },
    })
    const [url] = await once(createInterface({ input: child.stdout as Readable }), 'line')
    return new Program(child, url as string)
  }

  get pid(): number {
    return this.#child.pid as number
  }

  tell(order: 'work' | 'block' | 'stuck'): void {
    this.#child.stdin?.write(`${order}\n`)
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return
    this.#child.stdin?.write('end\n')
    await once(this.#child, 'exit')
  }
}

export interface Card {
  readonly total: string
  readonly now: string
  readonly help: string
  /** The texts of its legend. */
  readonly legend: readonly string[]
  /** A checksum of what is drawn. Empty if there is no chart. */
  readonly drawn: string
}

export interface State {
  readonly mood: string
  readonly verdict: string
  readonly news: string
  readonly pid: string
  readonly title: string
  /** Texts of the rows of the table, by thread id. */
  readonly threads: { readonly [threadId: string]: string }
  readonly cards: { readonly [key: string]: Card }
  /** True if the page says that there are no keys. */
  readonly isEmpty: boolean
  /** Elements that the page itself never makes. */
  readonly injected: number
  readonly scrolled: number
  readonly visible: number
}

export const until = (engine: Engine, what: string, isSo: (state: State) => boolean): Promise<State> =>
  untilIn(() => engine.evaluate(readState), what, isSo)

function readState(): State {
  const textOf = (selector: string, within: ParentNode = document) =>
    within.querySelector(selector)?.textContent?.trim() ?? ''
  const checksum = (canvas: HTMLCanvasElement | null) => {
    if (!canvas) return ''
    const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(
      0,
      0,
      canvas.width,
      canvas.height,
    )
    let sum = 0
    for (let i = 0; i < data.length; i++) sum = (31 * sum + (data[i] as number)) | 0
    return `${sum}`
  }
  const cards = [...document.querySelectorAll<HTMLElement>('.card')].map(card => [
    card.dataset.key,
    {
      total: textOf('.figures strong', card),
      now: textOf('.now', card),
      help: textOf('.help', card),
      legend: [...card.querySelectorAll('.legend li')].map(({ textContent }) => textContent ?? ''),
      drawn: checksum(card.querySelector('canvas')),
    },
  ])
  const rows = [...document.querySelectorAll<HTMLElement>('tr[data-thread]')].map(row => [
    row.dataset.thread,
    row.textContent,
  ])
  return {
    mood: document.body.dataset.mood ?? '',
    verdict: textOf('#verdict'),
    news: textOf('#news'),
    pid: textOf('#pid'),
    title: document.title,
    threads: Object.fromEntries(rows),
    cards: Object.fromEntries(cards),
    isEmpty: document.querySelector('#no-keys')?.hasAttribute('hidden') === false,
    injected: document.querySelectorAll('body :is(img, b, i, script, iframe)').length,
    scrolled: document.documentElement.scrollWidth,
    visible: document.documentElement.clientWidth,
  }
}

/** A name for the focused element. */
export const focused = (): string => {
  const element = document.activeElement as HTMLElement
  return element.id || `${element.localName} ${element.textContent?.trim().slice(0, 20)}`
}

/** What a card's total counts. */
export const countOf = ({ total }: Card): number => Number.parseInt(total.replaceAll(',', ''), 10)
