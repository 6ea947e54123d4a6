import workerpool from 'workerpool'
import { counting, exiting, plain, throwing } from './tasks.js'

workerpool.worker({ plain, counting, exiting, throwing })
