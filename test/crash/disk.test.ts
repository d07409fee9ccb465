import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test, type TestContext } from 'node:test'
import { Api } from '#test/support/api.ts'
import { ownDirectory } from '#test/support/directory.ts'
import { figures, sized, type Figures } from '#test/support/tier.ts'
import {
  answeredAllTheSame,
  newDiskTally,
  runPoints,
  unlikeValue,
  untilBack,
  untilNot,
  type Disk,
  type DiskTally,
  type Trial,
} from './disk-rounds.ts'
import { Fault } from './fault.ts'
import { compileLibrary, compilePower, PoweredGround } from './power.ts'

/**
 * The disk is full from the n-th write on, or loses the n-th flush, while 16 writers write; then the
 * power goes. Nothing acknowledged is lost, nothing refused is half done, and nothing is answered
 * that could not be put on the record.
 */

const WRITE_POINTS = sized(40, 520)
const WRITE_POINTS_A_ROUND = sized(10, 2)
const FLUSH_POINTS = sized(8, 200)
const FILE_FLUSHES = sized(3, 60)
const START_POINTS = sized(3, 220)
const CONTROL_POINTS = sized(1, 10)
/** How far into the writing the last point is. */
const WRITES = 1_040
const FLUSHES = 60
const MANY = 1_000_000
const ROUNDS_A_VAULT = 20

const folder = await mkdtemp(join(tmpdir(), 'strongroom-'))
after(() => rm(folder, { recursive: true, force: true }))
const power = compilePower(folder)
const broken = compileLibrary(folder, 'fault')
const skip = 'why' in power ? power.why : 'why' in broken ? broken.why : false
const libraries = {
  power: 'library' in power ? power.library : '',
  fault: 'library' in broken ? broken.library : '',
}

/** So many points, evenly from the first to the last. */
const spread = (count: number, last: number): readonly number[] =>
  Array.from({ length: count }, (_, n) => 1 + Math.round((n * (last - 1)) / Math.max(1, count - 1)))

function inRounds(points: readonly number[], size: number): readonly (readonly number[])[] {
  const first = points.slice(0, size)
  return points.length === 0 ? [] : [first, ...inRounds(points.slice(size), size)]
}

interface Breaks {
  /** As for a `Fault`. */
  readonly hidden?: boolean
  readonly counted?: string
  /** As for a `PoweredGround`. */
  readonly settled?: boolean
  readonly fillEvery?: number
}

async function brokenDisk({
  settled = true,
  fillEvery = sized(4, 2),
  ...breaks
}: Breaks = {}): Promise<Disk> {
  const own = await ownDirectory()
  const fault = new Fault({ library: libraries.fault, control: join(own, 'control'), ...breaks })
  const library = libraries.power
  return { fault, ground: new PoweredGround(own, { library, settled, fault, fillEvery }) }
}

/** Runs the rounds, each so many on a vault of its own. */
async function walk(
  rounds: readonly (readonly number[])[],
  trialOn: (fault: Fault) => Trial,
  tally: DiskTally,
  breaks: Breaks = {},
): Promise<void> {
  for (let at = 0; at < rounds.length; at += ROUNDS_A_VAULT) {
    const disk = await brokenDisk(breaks)
    await runPoints(disk, rounds.slice(at, at + ROUNDS_A_VAULT), trialOn(disk.fault), tally)
  }
}

function report(t: TestContext, tally: DiskTally, more: Figures = {}): void {
  const { points, acknowledged, refused, done, faults } = tally
  figures(t, 'disk', {
    ...{ points, 'acknowledged writes': acknowledged, faults: faults.length },
    ...{ 'writes that were refused': refused, 'of them done': done },
    ...more,
  })
  assert.deepEqual(faults.slice(0, 20), [])
  assert.ok(acknowledged > points, 'too few writes to mean anything')
}

test(
  'a disk that is full at any write: refused, nothing lost, and back at once',
  { skip },
  async (t) => {
    const tally = newDiskTally()
    let slowest = 0
    const fill =
      (fault: Fault): Trial =>
      async (subject, n) => {
        fault.fillAt(n, n % 2 === 0 ? 'half' : 'nothing')
        await untilNot(200, subject.read)
        const wrong = await answeredAllTheSame(subject, n)
        fault.mend()
        const key = `back-${n}`
        const back = () => subject.api.post('/v5/sgp/secrets', { key, value: 'space' })
        slowest = Math.max(slowest, await untilBack(back))
        return [...wrong, ...unlikeValue(await subject.read())]
      }
    await walk(inRounds(spread(WRITE_POINTS, WRITES), WRITE_POINTS_A_ROUND), fill, tally)
    report(t, tally, { 'slowest return in ms': Math.round(slowest) })
    assert.equal(tally.done, 0, 'what was refused was done')
    assert.ok(tally.refused > tally.points, 'too few refusals to mean anything')
  },
)

test(
  'a flush of the log that is lost: nothing is acknowledged until the vault is opened again',
  { skip },
  async (t) => {
    const tally = newDiskTally()
    const lose =
      (fault: Fault): Trial =>
      async (subject, n) => {
        fault.loseFlush(n)
        await untilNot(200, subject.read)
        // The disk takes flushes again, but what it has lost cannot be known.
        const asked = await Promise.all(
          Array.from({ length: 8 }, () => answeredAllTheSame(subject, n)),
        )
        const late = await answeredAllTheSame(subject, n)
        fault.mend()
        return [...asked.flat(), ...late]
      }
    const counted = '*/strongroom.db-wal'
    await walk(inRounds(spread(FLUSH_POINTS, FLUSHES), 1), lose, tally, { counted })
    report(t, tally)
    assert.ok(tally.refused > tally.points, 'too few refusals to mean anything')
  },
)

test(
  'a flush of the database file that is lost: all of it is still in the log',
  { skip },
  async (t) => {
    const tally = newDiskTally()
    let lost = 0
    const lose =
      (fault: Fault): Trial =>
      async ({ read }, n) => {
        // The log of a new vault is far from the checkpoint that flushes this file.
        if (n % ROUNDS_A_VAULT === 1) return []
        fault.loseFlush(1)
        while (fault.failures === 0) await read()
        for (let more = 0; more < 20; more++) (await read()).expect(200)
        lost++
        return []
      }
    const points = Array.from({ length: FILE_FLUSHES }, (_, n) => n + 1)
    const breaks = { counted: '*/strongroom.db', fillEvery: 1 }
    await walk(inRounds(points, 1), lose, tally, breaks)
    report(t, tally, { 'flushes lost': lost })
    assert.ok(lost > FILE_FLUSHES / 2, `${lost} flushes`)
  },
)

async function writesOfFirstStart(): Promise<number> {
  const { fault, ground } = await brokenDisk({ settled: false })
  fault.fillAt(MANY, 'nothing')
  await (await ground.start()).kill()
  return MANY - fault.left
}

test(
  'a first start on a disk that is full at any write: the next start is whole',
  { skip },
  async (t) => {
    const wrong: string[] = []
    let ended = 0
    const writes = await writesOfFirstStart()
    for (const n of spread(START_POINTS, writes)) {
      const { fault, ground } = await brokenDisk({ settled: false })
      fault.fillAt(n, 'all')
      const first = await ground.start().catch(() => null)
      if (first === null) ended++
      await first?.kill()
      fault.mend()
      const second = await ground.start('')
      const token = first?.token ?? second.token
      if (token === '') wrong.push(`point ${n}: nobody has a token`)
      else {
        const said = { key: 'first', value: 'first' }
        const { status, text } = await new Api(second.url, token).post('/v5/sgp/secrets', said)
        if (status !== 200) wrong.push(`point ${n}: ${text}`)
      }
      await second.kill()
    }
    figures(t, 'disk', {
      ...{ 'writes of a first start': writes, points: START_POINTS },
      ...{ 'starts that ended': ended, faults: wrong.length },
    })
    assert.deepEqual(wrong, [])
    assert.ok(ended > START_POINTS / 3, 'too few starts met a full disk')
  },
)

/** A vault that looks at no error: what failed says that it was done. */
const deaf =
  (fault: Fault, begin: (n: number) => void): Trial =>
  async ({ read }, n) => {
    begin(n)
    while (fault.failures === 0) await read()
    for (let more = 0; more < 20; more++) await read()
    return []
  }

/** At how many points a loss was seen. */
async function losses(t: TestContext, trialOn: (fault: Fault) => Trial): Promise<number> {
  let seen = 0
  for (const n of spread(CONTROL_POINTS, FLUSHES)) {
    const disk = await brokenDisk({ hidden: true })
    const tally = newDiskTally()
    const whole = await runPoints(disk, [[n]], trialOn(disk.fault), tally).then(
      () => true,
      () => false,
    )
    if (!whole || tally.faults.length > 0) seen++
  }
  figures(t, 'disk', { points: CONTROL_POINTS, 'points at which it lost': seen })
  return seen
}

test('a vault that looks at no error of a write is seen to lose', { skip }, async (t) => {
  const full = (fault: Fault) =>
    deaf(fault, (n) => {
      fault.fillAt(n, 'nothing')
    })
  assert.equal(await losses(t, full), CONTROL_POINTS)
})

test('a vault that looks at no error of a flush is seen to lose', { skip }, async (t) => {
  const lossy = (fault: Fault) =>
    deaf(fault, (n) => {
      fault.loseFlush(n)
    })
  assert.equal(await losses(t, lossy), CONTROL_POINTS)
})
