const entries = [...document.querySelectorAll("[data-entry]")];
const filter = document.getElementById("filter");
const shown = document.getElementById("shown");
function apply() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const entry of entries) {
    const text = entry.textContent.toLowerCase();
    entry.hidden = !words.every((word) => text.includes(word));
    count += !entry.hidden;
  }
  shown.textContent = words.length ? `${count} of ${entries.length} entries` : "";
}
filter.addEventListener("input", apply);
const expand = document.getElementById("expand");
expand.addEventListener("click", () => {
  const open = expand.getAttribute("aria-pressed") !== "true";
  for (const each of document.querySelectorAll("details")) each.open = open;
  expand.setAttribute("aria-pressed", String(open));
  expand.textContent = open ? "Collapse all" : "Expand all";
});
for (const button of document.querySelectorAll("button[data-copies]"))
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(source);
      button.textContent = "Selected: copy it";
    }
  });
