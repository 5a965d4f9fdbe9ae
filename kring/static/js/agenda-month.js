/* A month as a table: the arrows go from day to day, to the next one with something to open.
   Page up and page down turn the month. Without script every link is reached with Tab. */
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const TURNS = { PageUp: "prev", PageDown: "next" };
const OPENS = "a[href]:not([tabindex='-1'])";

class AgendaMonth extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => this.walk(event));
  }

  walk(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const turn = TURNS[event.key];
    const step = STEPS[event.key];
    if (!turn && !step) return;
    const link = turn ? document.querySelector(`.months [rel=${turn}]`) : this.next(event.target, step);
    if (!link) return;
    event.preventDefault();
    if (turn) link.click();
    else link.focus();
  }

  next(from, [down, right]) {
    const cell = from.closest("td");
    if (!cell) return null;
    const rows = [...this.querySelectorAll("tbody tr")].map((row) => [...row.cells].slice(1));
    let row = rows.findIndex((cells) => cells.includes(cell));
    let column = rows[row].indexOf(cell);
    for (;;) {
      row += down;
      column += right;
      if (column < 0 || column > 6) {
        row += right;
        column = right > 0 ? 0 : 6;
      }
      const there = rows[row]?.[column];
      if (!there) return null;
      const link = there.querySelector(OPENS);
      if (link) return link;
    }
  }
}

customElements.define("agenda-month", AgendaMonth);
