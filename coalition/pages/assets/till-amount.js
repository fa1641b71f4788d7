// Amounts as people type them, as they are shown, and in words. In minor units, as integers.
const LARGE_UNITS = 1000;
const GROUP = 3;

/**
 * What somebody has typed, in minor units; null for what can't be read with certainty. `comma` says whether the country
 * writes decimals with a comma, null where that is not known.
 *
 * "5.000" is five thousand where decimals have a comma, and refused where they have a point: nobody types three
 * decimals. "5.00" is five anywhere, since a group has three digits. What a Chinese keyboard types, "５。５０", is read too.
 */
export function readAmount(typed, digits, comma) {
  const text = typed.normalize("NFKC").replace(/[\s'’\p{Sc}元]/gu, "").replaceAll("。", ".");
  if (!/^\d[\d.,]*$|^[.,]\d+$/.test(text)) return null;
  const decimal = comma === null ? null : comma ? "," : ".";
  const last = Math.max(text.lastIndexOf("."), text.lastIndexOf(","));
  let [whole, rest] = [text, ""];
  if (last >= 0) {
    const mark = text[last];
    const after = text.length - last - 1;
    const isOnly = text.indexOf(mark) === last;
    const canBeGroup = after === GROUP && mark !== decimal && decimal !== null;
    if (isOnly && after <= digits && digits > 0 && !canBeGroup) [whole, rest] = [text.slice(0, last), text.slice(last + 1)];
    else if (!canBeGroup && !(after === GROUP && !isOnly)) return null;
    const groups = whole.split(/[.,]/);
    const marks = new Set(whole.match(/[.,]/g));
    if (marks.size > 1 || (rest && marks.has(mark))) return null;
    if (groups.length > 1 && (groups[0].length > GROUP || groups.slice(1).some((each) => each.length !== GROUP))) return null;
  }
  const minor = Number(whole.replace(/[.,]/g, "") || "0") * 10 ** digits + Number(rest.padEnd(digits, "0") || "0");
  return Number.isSafeInteger(minor) && minor <= 10 ** 12 ? minor : null;
}

/** Minor units as a decimal number in letters, which formats without floats. */
function decimalText(minor, digits) {
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  const sign = minor < 0 ? "-" : "";
  return digits ? `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}` : `${sign}${text}`;
}

const localeOf = (lang) => (lang.startsWith("zh") ? "zh-CN" : "en-GB");

/** An amount of money as a reader of the language expects it. */
export function money(minor, { currency, digits, lang }) {
  const options = { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(localeOf(lang), options).format(decimalText(minor, digits));
}

export const number = (count, lang) => new Intl.NumberFormat(localeOf(lang)).format(count);

/** Whether an amount is so large that it is shown in words before it is booked. */
export const isLarge = (minor, digits) => minor >= LARGE_UNITS * 10 ** digits;

/** An amount in words: five thousand euros. */
export function inWords(minor, { currency, digits, lang }) {
  const unit = 10 ** digits;
  const [units, rest] = [Math.floor(minor / unit), minor % unit];
  const named = new Intl.NumberFormat(localeOf(lang), { style: "currency", currency, currencyDisplay: "name" });
  const name = named.formatToParts(units).find(({ type }) => type === "currency").value;
  const fraction = `${String(rest).padStart(digits, "0")}/${unit}`;
  if (lang.startsWith("zh")) return chinese(units) + (rest ? `又${fraction}` : "") + name;
  return `${english(units)}${rest ? ` and ${fraction}` : ""} ${name}`;
}

const SMALL = (
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen " +
  "eighteen nineteen"
).split(" ");
const TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const SCALES = [
  [1e9, "billion"],
  [1e6, "million"],
  [1000, "thousand"],
  [100, "hundred"],
];

function english(count) {
  if (count < 20) return SMALL[count];
  if (count < 100) return TENS[Math.floor(count / 10)] + (count % 10 ? `-${SMALL[count % 10]}` : "");
  const [size, scale] = SCALES.find(([least]) => count >= least);
  const rest = count % size;
  const joined = rest ? (rest < 100 ? ` and ${english(rest)}` : ` ${english(rest)}`) : "";
  return `${english(Math.floor(count / size))} ${scale}${joined}`;
}

const DIGITS = "零一二三四五六七八九";
const PLACES = ["", "十", "百", "千"];
const MYRIADS = ["", "万", "亿", "万亿"];

function chinese(count) {
  if (!count) return DIGITS[0];
  let text = "";
  for (let myriad = 0; count; myriad += 1, count = Math.floor(count / 10_000)) {
    const group = count % 10_000;
    if (!group) continue;
    text = groupOf(group) + MYRIADS[myriad] + text;
  }
  // A gap is said once, as zero, and not at all before the name of a group or at either end.
  return text.replace(/^零+/, "").replace(/零+/g, "零").replace(/零(?=[万亿]|$)/g, "").replace(/^一十/, "十");
}

function groupOf(group) {
  return [3, 2, 1, 0]
    .map((place) => {
      const digit = Math.floor(group / 10 ** place) % 10;
      return digit ? DIGITS[digit] + PLACES[place] : DIGITS[0];
    })
    .join("");
}
