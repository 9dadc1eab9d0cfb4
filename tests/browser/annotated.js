// A page as a drawing: asked by tests/browser/annotated.py. Long lists are cut first, with a sign.
((marks) => {
  const ROWS = 2;
  const rest = (node) => (node.textContent = "…");
  for (const table of document.querySelectorAll("main table")) {
    const bodies = [...table.tBodies];
    bodies.slice(ROWS).forEach((one) => one.remove());
    for (const body of bodies.length > 1 ? [] : bodies) {
      const rows = [...body.rows].filter((row) => !row.matches(".end"));
      rows.slice(ROWS + 1).forEach((row) => row.remove());
      if (rows.length > ROWS) [...rows[ROWS].cells].forEach(rest);
    }
  }
  // Of every run of rules laid out to the bottom, the first: what else is like it.
  let whole = 0;
  for (const node of [...document.querySelector("main").children]) {
    if (node.matches("h2")) whole = 0;
    if (node.matches(".whole") && (whole += 1) > 1) node.remove();
    if (node.matches("h3, h4, ul.tree, p") && whole > 0) node.remove();
  }
  // Of what the client reads the answer, and of the decisions whose rules are told the first.
  const after = (node, until) => {
    for (let next = node?.nextElementSibling; next && !next.matches(until); next = node.nextElementSibling) next.remove();
  };
  after(document.querySelector(".quoted .panel"), "ol.map");
  after(document.querySelector(".quoted ol.map"), "#none");
  after(document.querySelector("table.matrix").closest(".tw").parentElement.querySelector(".tw:has(.changes)"), "details");
  document.querySelectorAll("a.skip, footer.foot, .vh").forEach((one) => one.remove());

  const round = Math.round;
  const seen = (style, box) => style.visibility !== "hidden" && box.width * box.height > 0;
  const boxes = [], lines = [];
  for (const node of document.querySelectorAll("body, body *")) {
    if (node.closest("svg")) continue;
    const style = getComputedStyle(node), box = node.getBoundingClientRect();
    if (!node.checkVisibility({ contentVisibilityAuto: true }) || !seen(style, box)) continue;
    const place = [box.left, box.top + scrollY, box.width, box.height].map(round);
    const sides = ["Top", "Right", "Bottom", "Left"].map((side) => [
      style[`border${side}Style`] === "none" ? 0 : parseFloat(style[`border${side}Width`]),
      style[`border${side}Color`],
    ]);
    const fill = style.backgroundColor.endsWith(", 0)") ? null : style.backgroundColor;
    if (fill || sides.some(([width]) => width > 0)) boxes.push([place, fill, sides, parseFloat(style.borderTopLeftRadius)]);
  }
  for (const one of document.querySelectorAll("main svg.wide rect, main svg.wide circle, main svg.wide line")) {
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    const place = [box.left, box.top + scrollY, Math.max(box.width, 1), Math.max(box.height, 1)].map(round);
    const fill = one.tagName === "line" ? style.stroke : style.fill;
    boxes.push([place, fill, [], one.tagName === "circle" ? box.width / 2 : 0]);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode, holder = node.parentElement;
    if (!node.data.trim() || holder.closest("style, script, title, svg.narrow")) continue;
    if (!holder.checkVisibility({ contentVisibilityAuto: true })) continue;
    const style = getComputedStyle(holder);
    const before = getComputedStyle(holder, "::before").content;
    let line = null;
    for (const word of node.data.matchAll(/\S+/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const [box, ...others] = range.getClientRects();
      if (!box || box.width === 0) continue;
      // Of a word that is broken, such as a digest, its first line.
      const below = others.filter((one) => one.top > box.top + 5);
      const wide = (some) => some.reduce((sum, one) => sum + one.width, 0);
      const whole = wide([box, ...others]);
      const part = Math.floor((word[0].length * (whole - wide(below))) / whole);
      if (below.length) word[0] = `${word[0].slice(0, part - 1)}…`;
      const top = round(box.top + scrollY);
      if (line && line.top === top) line.text += ` ${word[0]}`;
      else {
        const size = parseFloat(style.fontSize) * (holder.getScreenCTM ? holder.getScreenCTM().a : 1);
        line = { x: round(box.left), top, size, text: word[0], bold: style.fontWeight >= 600 };
        line.y = round(box.top + scrollY + size * 0.93);
        line.mono = style.fontFamily.includes("mono");
        line.colour = holder.closest("svg") ? style.fill : style.color;
        lines.push(line);
      }
      if (before.length === 3 && holder.matches(".m") && !line.marked && word.index === node.data.search(/\S/)) {
        lines.push({ ...line, x: line.x - Math.round(parseFloat(style.fontSize) * 1.15), text: before[1] });
        line.marked = true;
      }
    }
  }
  const found = marks.map(([number, selector]) => {
    const box = document.querySelector(selector).getBoundingClientRect();
    return [number, round(box.top + scrollY)];
  });
  const size = [innerWidth, Math.ceil(document.documentElement.scrollHeight)];
  return { size, boxes, lines, marks: found };
})
