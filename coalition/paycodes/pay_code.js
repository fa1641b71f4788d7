// The phone's half of a pay code: see code.py. An ES module without dependencies, for pages and for apps.

export const STEP_SECONDS = 30;
const STEP_MS = STEP_SECONDS * 1000;
const MODULUS = 1_000_000_000;
/** Of the MAC's hexadecimal digits: the most that a number holds exactly. */
const HEX_DIGITS = 13;

/** The key that the server sent (64 hexadecimal digits) as a CryptoKey that no script can read again; IndexedDB keeps it. */
export function importKey(hex) {
  const bytes = Uint8Array.from(hex.match(/../g), (pair) => Number.parseInt(pair, 16));
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

/** The step of a moment (milliseconds since 1970 UTC by the alliance's clock). */
export function stepOf(moment) {
  return Math.floor(moment / STEP_MS);
}

/** How many milliseconds are left of the step of a moment. */
export function leftOfStep(moment) {
  return STEP_MS - (moment % STEP_MS);
}

/** The code of a device (its nine digits) at a step: 20 digits. */
export async function makeCode(key, number, step) {
  const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(String(step)));
  const hex = Array.from(new Uint8Array(mac, 0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const digits = Number.parseInt(hex.slice(0, HEX_DIGITS), 16) % MODULUS;
  return `29${number}${String(digits).padStart(9, "0")}`;
}

/** A code in groups of four, as people read it. */
export function grouped(code) {
  return code.match(/.{1,4}/g).join(" ");
}

// -- Code 128, set C: a bar or a space for each digit pair ------------------------------------------------------

const CODE_128 = (
  "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211" +
  "221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321112313132113" +
  "132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131311123311321331121" +
  "312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211241211" +
  "221114413111241112134111111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141" +
  "114113114311411113411311113141114131311141411131"
).match(/.{6}/g);
const START_C = "211232";
const START_C_VALUE = 105;
const STOP = "2331112";

/** The widths of bars and spaces in turn, in modules, of an even number of digits; a bar first. */
export function code128(digits) {
  const values = digits.match(/../g).map(Number);
  const check = values.reduce((sum, value, index) => sum + value * (index + 1), START_C_VALUE) % 103;
  const symbols = [START_C, ...values.map((value) => CODE_128[value]), CODE_128[check], STOP];
  return Array.from(symbols.join(""), Number);
}

// -- QR, version 1 with error correction Q: 21 × 21 modules hold up to 27 digits ---------------------------------

const SIZE = 21;
const DATA_BYTES = 13;
const CORRECTION_BYTES = 13;
const MASKS = [
  (row, column) => (row + column) % 2 === 0,
  (row) => row % 2 === 0,
  (_, column) => column % 3 === 0,
  (row, column) => (row + column) % 3 === 0,
  (row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2 === 0,
  (row, column) => ((row * column) % 2) + ((row * column) % 3) === 0,
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0,
];
/** Format information of Q with masks 0 to 7 (ISO/IEC 18004, table C.1). */
const FORMATS = [0x355f, 0x3068, 0x3f31, 0x3a06, 0x24b4, 0x2183, 0x2eda, 0x2bed];

/** The QR code of up to 27 digits: 21 rows of 21 modules, true for dark. */
export function qrCode(digits) {
  const bits = bitsOf(withCorrection(dataOf(digits)));
  const drawings = MASKS.map((mask, index) => drawn(bits, mask, FORMATS[index]));
  const penalties = drawings.map(penaltyOf);
  return drawings[penalties.indexOf(Math.min(...penalties))];
}

function dataOf(digits) {
  const groups = digits.match(/.{1,3}/g).map((group) => Number(group).toString(2).padStart(group.length * 3 + 1, "0"));
  const content = `0001${digits.length.toString(2).padStart(10, "0")}${groups.join("")}`;
  const ended = `${content}0000`.slice(0, DATA_BYTES * 8);
  const padded = ended.padEnd(Math.ceil(ended.length / 8) * 8, "0");
  const bytes = padded.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2));
  for (let pad = 0xec; bytes.length < DATA_BYTES; pad ^= 0xec ^ 0x11) bytes.push(pad);
  return bytes;
}

/** The product of two elements of the field with 256 elements that QR codes use. */
function times(left, right) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ (product & 0x80 ? 0x11d : 0);
    if ((right >> bit) & 1) product ^= left;
  }
  return product;
}

function withCorrection(data) {
  let generator = [1];
  for (let root = 1, degree = 0; degree < CORRECTION_BYTES; degree += 1, root = times(root, 2)) {
    const shifted = [...generator, 0];
    generator = shifted.map((value, index) => value ^ (index ? times(generator[index - 1], root) : 0));
  }
  const rest = [...data, ...new Array(CORRECTION_BYTES).fill(0)];
  for (let index = 0; index < data.length; index += 1) {
    const factor = rest[index];
    generator.forEach((value, offset) => {
      rest[index + offset] ^= times(value, factor);
    });
  }
  return [...data, ...rest.slice(data.length)];
}

function bitsOf(bytes) {
  return bytes.flatMap((byte) => Array.from(byte.toString(2).padStart(8, "0"), (bit) => bit === "1"));
}

/** Whether a module belongs to a finder pattern with its border, a timing pattern or the format information. */
function isFixed(row, column) {
  return (row < 9 && (column < 9 || column > 12)) || (row > 12 && column < 9) || row === 6 || column === 6;
}

function finder(row, column) {
  const distance = Math.max(Math.abs(row - 3), Math.abs(column - 3));
  return distance !== 2 && distance < 4;
}

function drawn(bits, mask, format) {
  const rows = Array.from({ length: SIZE }, () => new Array(SIZE).fill(false));
  for (let index = 0; index < SIZE; index += 1) rows[6][index] = rows[index][6] = index % 2 === 0;
  for (let row = 0; row < 8; row += 1) {
    for (let column = 0; column < 8; column += 1) {
      rows[row][column] = rows[row][SIZE - 1 - column] = rows[SIZE - 1 - row][column] = finder(row, column);
    }
  }
  for (let bit = 0; bit < 15; bit += 1) {
    const dark = ((format >> bit) & 1) === 1;
    rows[bit < 6 ? bit : bit < 8 ? bit + 1 : SIZE - 15 + bit][8] = dark;
    rows[8][bit < 8 ? SIZE - 1 - bit : bit < 9 ? 7 : 14 - bit] = dark;
  }
  rows[SIZE - 8][8] = true;
  let index = 0;
  for (let right = SIZE - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right -= 1;
    for (let step = 0; step < SIZE; step += 1) {
      const row = up ? SIZE - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (!isFixed(row, column)) rows[row][column] = bits[index++] !== mask(row, column);
      }
    }
  }
  return rows;
}

/** How hard a drawing is to read (ISO/IEC 18004, 7.8.3): the least of eight is taken. */
function penaltyOf(rows) {
  const columns = rows.map((_, column) => rows.map((row) => row[column]));
  const lines = [...rows, ...columns].map((line) => line.map((dark) => (dark ? "1" : "0")).join(""));
  let penalty = 0;
  for (const line of lines) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) penalty += run.length - 2;
    penalty += 40 * [...line.matchAll(/(?=10111010000|00001011101)/g)].length;
  }
  for (let row = 1; row < SIZE; row += 1) {
    for (let column = 1; column < SIZE; column += 1) {
      const dark = rows[row][column];
      const same = [rows[row - 1][column], rows[row][column - 1], rows[row - 1][column - 1]];
      if (same.every((other) => other === dark)) penalty += 3;
    }
  }
  const share = (rows.flat().filter(Boolean).length * 100) / (SIZE * SIZE);
  return penalty + 10 * Math.floor(Math.abs(share - 50) / 5);
}
