// The end of the day at a till: what the shop's tills and cashiers rang up today, on one sheet.
import { call } from "/assets/till-server.js";

/** The day of an instant on the alliance's calendar, 2026-06-01. */
export const calendarDay = (at, timeZone) => new Intl.DateTimeFormat("sv-SE", { timeZone }).format(at);

/** Ask for today's sheet: `{ok, data, day}`. */
export async function readDay(own) {
  const day = calendarDay(Date.now() + own.offset, own.timezone);
  return { ...(await call("GET", `/v1/shops/${encodeURIComponent(own.shop)}/days/${day}`)), day };
}

/** Write a sheet's columns: the total, then each till with its cashier. */
export function fillDay(screen, sheet, { amountOf, count, noTill }) {
  const table = screen.querySelector("[data-day]");
  const head = table.querySelector("thead tr");
  for (const old of table.querySelectorAll("[data-column]")) old.remove();
  for (const each of sheet.rows) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.className = "end";
    cell.textContent = [each.till_name, each.cashier_name].filter(Boolean).join(" · ") || noTill;
    cell.dataset.column = "";
    head.append(cell);
  }
  for (const line of table.querySelectorAll("[data-figure]")) {
    const written = line.dataset.unit === "money" ? amountOf : count;
    for (const each of [sheet.total, ...sheet.rows]) {
      const cell = document.createElement("td");
      cell.className = "end";
      cell.textContent = written(each[line.dataset.figure]);
      cell.dataset.column = "";
      line.append(cell);
    }
  }
  table.hidden = false;
}
