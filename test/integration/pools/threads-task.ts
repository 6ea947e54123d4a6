// @ts-expect-error: threads declares no types for ES modules.
import { expose } from 'threads/worker'
import { doTask } from './task.js'

expose(doTask)
