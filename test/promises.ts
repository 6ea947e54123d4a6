// The rows of what Python's `threading.local` promises (its documentation, its own tests), and cases that the suites of
// similar libraries check; with the tests that hold us to each. peers.test.ts looks whether these tests are there.

type Test = readonly [file: string, name: string]

export const promises: { readonly [promise: string]: readonly Test[] } = {
  // Rows of the list
  'what is set reads back': [
    ['local-alone', 'a slot that was not set is its init, and what is set reads back'],
  ],
  'an instance that is passed to threads as an argument': [
    ['peers', 'a table that is passed to threads as an argument holds values of their own for each'],
    ['host', 'a worker that was started before the table, and is given it by hand, does not warn'],
  ],
  'a global instance, used by functions that run in several threads': [
    ['host', 'a worker has the default table with no code but the import of the definition'],
    [
      'peers',
      'threads solve a problem in parts, with temporary variables of their own, through one global definition',
    ],
  ],
  'a class attribute, shared by many objects': [['local-alone', 'a static local is shared by many objects']],
  'two threads store 1 and 2 under the same name, sleep, and read back 1 and 2': [
    ['crossing', 'two threads store 1 and 2 under the same name, wait, and read back 1 and 2'],
  ],
  'an assignment is invisible to others; who has set nothing sees init, and is not listed': [
    ['local', 'a worker sees init where another thread has set a value, and its own are not seen there'],
    ['reading', 'perThread lists running threads that have used a key, and the keys that they have used'],
  ],
  'any attribute name, any object as value': [
    [
      'local-alone',
      'properties outside the schema are of this object alone, hold anything, and can be deleted',
    ],
    ['peers', 'a property outside the schema has any name, holds anything, and is no other thread’s'],
  ],
  del: [
    [
      'local-alone',
      'properties outside the schema are of this object alone, hold anything, and can be deleted',
    ],
    ['local-alone', 'a slot can be neither deleted nor defined anew'],
    ['peers', 'a slot goes back to init with reset, in this thread alone'],
  ],
  'a constructor runs in each thread, with its arguments; if it throws, the next use tries again': [
    ['local', 'a class that extends a definition runs its constructor in each thread that makes one'],
    ['local-alone', 'a constructor that fails can be tried again'],
    ['peers', 'a constructor that fails in one thread can be tried again there, and runs in others as ever'],
  ],
  'the list of attributes is this thread’s own, and can not be replaced': [
    ['local-alone', 'slots show in Object.keys, spread, JSON and structuredClone'],
    ['inspect', 'a threadLocal is shown as a plain object'],
    ['local-alone', 'a slot can be neither deleted nor defined anew'],
    ['peers', 'what a thread’s object shows, in whatever way, is this thread’s own'],
  ],
  'a thread’s values go when it ends; nothing keeps them': [
    ['peers', 'nothing keeps an object that is forgotten, nor what it held, though its slots are kept'],
    ['peers', 'each thread has a connection of its own, which goes with it, while its count is kept'],
    ['crossing', '50 threads one after the other leave no row behind'],
    ['host', 'listeners, keys, rows and memory do not grow with the number of workers that lived'],
  ],
  'a new local at a recycled address is empty': [
    ['reading', 'a thread in the row of a dead one starts from init in every slot'],
    ['row', 'a row’s next owner starts from init everywhere, and has used nothing'],
  ],
  'values set while a thread is being torn down don’t crash it': [
    ['host', 'what a worker sets in its exit listeners is kept'],
    ['host', 'the main thread counts and defines while it is torn down, too'],
  ],
  'creating locals while another thread exits, 1,000 times': [
    ['crossing', 'definitions and keys can be made while workers end, in 1,000 rounds'],
  ],
  'a thread can not set another’s value by assignment; it can read them all, and fold them': [
    ['local', 'a worker sees init where another thread has set a value, and its own are not seen there'],
    ['values', 'what perThread and fold give of a vector is the reader’s own'],
    ['reading', 'any thread reads the totals of all'],
    ['reading', 'totals fold running threads, dead ones, or both'],
  ],
  'use: a partial solution to a larger problem; temporary variables': [
    [
      'peers',
      'threads solve a problem in parts, with temporary variables of their own, through one global definition',
    ],
  ],
  'use: handles of external resources': [
    ['peers', 'each thread has a connection of its own, which goes with it, while its count is kept'],
    ['local', 'a class that extends a definition runs its constructor in each thread that makes one'],
  ],

  // Cases of other suites
  'sums are exact after 1,000 threads have come and gone': [
    ['crossing', 'threads, 1,000 at full depth, pass through eight rows and leave their counts alone behind'],
    [
      'peers-cases',
      'sums are exact after 1,000 threads have come and gone, whatever the order in which they went',
    ],
  ],
  'a re-attached reader recovers all keys, and goes on allocating without reusing a live offset': [
    [
      'peers-cases',
      'a reader that attaches anew recovers all keys, and goes on without reusing a live offset',
    ],
    ['table', 'a key never moves, however many follow it'],
  ],
  'holes in the rows don’t end an iteration': [
    ['peers-cases', 'holes in the rows, wherever they are, don’t end an iteration'],
    ['peers-cases', 'rows that were claimed and never made ready don’t end an iteration either'],
  ],
  'a value that was set in the main thread before workers start is not theirs': [
    ['local', 'a worker sees init where another thread has set a value, and its own are not seen there'],
    ['peers', 'a table that is passed to threads as an argument holds values of their own for each'],
  ],
  'neighbours of a vector are untouched': [
    ['row', 'a vector ends where its key ends'],
    ['row', 'a row that is filled to the brim leaves every other byte as it was'],
    ['peers-cases', 'neighbours of a vector are untouched, in life and death'],
  ],
  'a new thread in an old row starts clean': [
    ['reading', 'a thread in the row of a dead one starts from init in every slot'],
    ['row', 'a row’s next owner starts from init everywhere, and has used nothing'],
  ],
  'a failing constructor of a subclass can be tried again': [
    ['local-alone', 'a constructor that fails can be tried again'],
    ['peers', 'a constructor that fails in one thread can be tried again there, and runs in others as ever'],
  ],
}
