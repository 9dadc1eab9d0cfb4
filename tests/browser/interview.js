// An interview as a browser has it: what it shows, and answers by real clicks on what stands there.
({
  state: () => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const form = document.querySelector("#card form");
    return {
      question: form ? form.dataset.fact : null,
      options: all("#card input").map((one) => JSON.parse(one.dataset.value)),
      answers: all("#answers tr").map((one) => [one.dataset.fact, JSON.parse(one.dataset.value)]),
      verdicts: Object.fromEntries(all("[data-decision]").map(({ dataset }) => [
        dataset.decision, [dataset.status, dataset.outcome, dataset.possible]])),
      flags: all("[data-flag]").map((one) => one.dataset.flag),
      end: document.querySelector("[data-end]")?.dataset.end ?? null,
      clashes: document.getElementById("clash").hidden ? [] : all("#clash [data-change]").map((one) => one.dataset.change),
      focus: document.activeElement.id,
    };
  },
  texts: () => [...document.querySelectorAll("#card .choice")].map((one) => one.textContent),
  click: (selector) => {
    const begin = performance.now();
    document.querySelector(selector).click();
    page.took.push([selector, performance.now() - begin]);
  },
  choose: (place) => {
    document.querySelectorAll("#card .choice")[place].click();
    page.click("#card button.main");
  },
  // Milliseconds that each click took, with all that it changes on the page.
  took: [],
  // Everything that could tell later what was answered.
  kept: async () => [localStorage.length, sessionStorage.length, document.cookie, location.hash,
    history.length, JSON.stringify(history.state)],
  // What a page that could send anything would do.
  sent: async (address) => {
    const tried = [];
    await fetch(address).catch((error) => tried.push(error.name));
    await new Promise((done) => {
      const image = new Image();
      image.onerror = () => { tried.push("image"); done(); };
      image.onload = done;
      image.src = address;
      document.body.append(image);
    });
    return tried;
  },
  // The smallest side of whatever can be clicked.
  targets: () => Math.min(...[...document.querySelectorAll("button, .choice, summary")]
    .map((one) => one.getBoundingClientRect()).filter(({ width }) => width > 0)
    .map(({ width, height }) => Math.min(width, height))),
})
