/*
 * The monitor's live page. It receives readings of all threads as server-sent events, and keeps those of the last minutes.
 */
import './locale.js'
import '../../histogram.js'
import { WireReader, type WireReading } from '../wire.js'
import { connect } from './connection.js'
import { byId, create, write } from './dom.js'
import { duration, plural, timeOfDay } from './format.js'
import { History } from './history.js'
import { KeySections } from './key-sections.js'
import { ThreadsTable } from './threads-table.js'
import { type Link, verdictOf } from './verdict.js'

/** How often the header's times are brought up to date, also while no reading arrives. */
const HEADER_MS = 1000

const reader = new WireReader()
let history = new History()
let link: Link = 'connecting'
let arrivedAt = performance.now()

const table = new ThreadsTable({
  body: byId<HTMLTableElement>('threads').tBodies[0] as HTMLTableSectionElement,
  filter: byId<HTMLInputElement>('thread-filter'),
  key: byId<HTMLSelectElement>('thread-key'),
  keyHeading: byId('thread-key-heading'),
  more: byId<HTMLButtonElement>('more-threads'),
  shown: byId('shown-threads'),
})
const sections = new KeySections(
  {
    target: byId('keys'),
    empty: byId('no-keys'),
    filter: byId<HTMLInputElement>('key-filter'),
    noMatch: byId('no-match'),
  },
  history,
)
const pause = byId<HTMLButtonElement>('pause')
let isPaused = false

function receive(wire: WireReading): void {
  arrivedAt = performance.now()
  const reading = reader.read(wire)
  if (history.isOfOther(reading)) {
    history = new History()
    sections.reset(history)
  }
  history.add(reading, reader.keys)
  draw()
}

function draw(): void {
  showHeader()
  // Readings are kept meanwhile, so nothing is missing afterwards.
  if (isPaused || document.hidden) return
  table.show(history, reader.keys)
  sections.show(reader.keys)
}

function showHeader(): void {
  const { reading } = history
  const { mood, word, sentences, news } = verdictOf(link, reading, performance.now() - arrivedAt)
  document.body.dataset.mood = mood
  write(byId('mood'), word)
  const text = byId('verdict')
  while (text.children.length < sentences.length) text.append(create('span'))
  while (text.children.length > sentences.length) text.lastElementChild?.remove()
  sentences.forEach((sentence, i) => {
    write(text.children[i] as Element, `${sentence} `)
  })
  write(byId('news'), news)
  if (!reading) return
  const { pid, uptimeMs, threads, timeMs } = reading
  document.title = `${mood === 'healthy' ? '' : `${word}: `}process ${pid} – threadslots`
  write(byId('pid'), `${pid}`)
  write(byId('uptime'), duration(uptimeMs))
  write(byId('thread-count'), plural(threads.length, 'thread'))
  write(byId('time'), timeOfDay(timeMs))
}

pause.addEventListener('click', () => {
  isPaused = !isPaused
  pause.setAttribute('aria-pressed', `${isPaused}`)
  draw()
})
document.addEventListener('visibilitychange', draw)
setInterval(showHeader, HEADER_MS)
connect({
  keys: keys => reader.setKeys(keys),
  reading: receive,
  link: now => {
    link = now
    showHeader()
  },
})
showHeader()
