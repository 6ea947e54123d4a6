// @ts-expect-error: it has no types for ES modules.
import { expose } from 'threads/worker'
import { doTask } from './task.js'

expose(doTask)
