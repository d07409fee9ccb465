import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseVectors } from './vector-file.ts'
import { compact, fill, patternOf } from './vector-match.ts'

const id = `c${'0'.repeat(24)}`
const known = new Map([['who', 'a.b']])

test('a template allows what is known by a name, and nothing else', () => {
  assert.match('{"w":"a.b"}', patternOf('{"w":"{{who}}"}', known))
  assert.doesNotMatch('{"w":"aXb"}', patternOf('{"w":"{{who}}"}', known))
  assert.doesNotMatch('{"w":"a.b"} ', patternOf('{"w":"{{who}}"}', known))
  assert.throws(() => patternOf('{{nobody}}', known))
})

test('a template takes a name and holds the rest to it', () => {
  const pattern = patternOf('{{one:=id}} {{one}} {{id}}', known)
  assert.equal(pattern.exec(`${id} ${id} c${'1'.repeat(24)}`)?.groups?.['one'], id)
  assert.doesNotMatch(`${id} c${'1'.repeat(24)} ${id}`, pattern)
})

test('space between the parts of JSON goes, space in its strings stays', () => {
  assert.equal(compact('{\n  "a b": [1, "c \\" d"]\n}'), '{"a b":[1,"c \\" d"]}')
})

test('what is sent is filled in: names, repetitions and bytes', () => {
  assert.deepEqual(
    fill('{{who}}-{{xy*2}}-{{hex:ff00}}', known),
    Buffer.from('a.b-xyxy-ÿ\0', 'latin1'),
  )
})

test('a file is read into its exchanges', () => {
  const text =
    '# Title.\n# given: a\n> GET /x\n> h: v:w\n< 200\n\n# fault: f\n> PUT /y\n>\n> 1\n>\n> 2\n< 404\n<\n< 3\n'
  const { title, exchanges } = parseVectors(text)
  assert.equal(title, 'Title.')
  assert.deepEqual(exchanges, [
    {
      given: ['a'],
      fault: null,
      request: { first: 'GET /x', headers: [['h', 'v:w']], body: null },
      answer: { first: '200', headers: [], body: null },
    },
    {
      given: [],
      fault: 'f',
      request: { first: 'PUT /y', headers: [], body: '1\n\n2' },
      answer: { first: '404', headers: [], body: '3' },
    },
  ])
  assert.throws(() => parseVectors('> GET /x\n< 200\nstray\n'))
  assert.throws(() => parseVectors('# only words\n'))
})
