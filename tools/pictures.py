# SPDX-License-Identifier: EUPL-1.2
"""Takes the pictures of README.md from the running product: `make pictures`. One an audience, into docs/bilder.

Starts a fresh demo town in a temporary folder, walks through it in Chromium and stops it again. The picture of the
process model is drawn by bpmn-js, which is fetched into a temporary folder for that and is no part of the product yet.
"""

import os
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "bilder"
AMT = ROOT / ".venv" / "bin" / "amt"
MODEL = ROOT / "processes" / "anwohnerparkausweis" / "anwohnerparkausweis.bpmn"
PORT = "8765"
ADDRESS = f"http://127.0.0.1:{PORT}"
CHROMIUM = "/usr/bin/chromium"
SWITCHES = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PHONE = (390, 844)
DESK = (1366, 768)


def main() -> None:
    """Take all pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        with demo_town(Path(folder) / "var"):
            picture_for_citizens(browser)
            picture_for_clerks(browser)
        picture_for_designers(browser, Path(folder))
        picture_for_operators(browser)
        browser.close()


@contextmanager
def demo_town(data: Path) -> Iterator[None]:
    """The product with its demo town, for as long as the pictures take."""
    environment = os.environ | {"AMT_DATA_DIR": str(data), "AMT_RATE_LIMITS": "no", "AMT_LOG_LEVEL": "WARNING"}
    command = [str(AMT), "run", "--prepare", "--port", PORT]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(ADDRESS, timeout=2).close()
                break
            except (urllib.error.URLError, TimeoutError):
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


def picture_for_citizens(browser: Browser) -> None:
    """A step of the form on a phone."""
    page = opened(browser, PHONE)
    page.goto("/leistung/anwohnerparkausweis")
    page.get_by_role("button", name="Online beantragen").first.click()
    answers = {
        "Vorname": "Erika",
        "Nachname": "Beispiel",
        "Straße und Hausnummer": "Musterweg 1",
        "Postleitzahl": "73230",
        "Ort": "Kirchheim unter Teck",
        "E-Mail-Adresse": "erika@beispiel.de",
    }
    for label, answer in answers.items():
        page.get_by_label(label, exact=False).first.fill(answer)
    page.get_by_role("button", name="Weiter", exact=True).click()
    page.get_by_label("Kennzeichen").fill("ES-EB 1203")
    page.get_by_label("Ja", exact=True).check()
    page.screenshot(path=PICTURES / "portal.png")


def picture_for_clerks(browser: Browser) -> None:
    """A task, with its fee explained."""
    page = opened(browser, DESK)
    page.goto("/inbox/")
    page.get_by_label("Benutzername").fill("anna.berger")
    page.get_by_label("Passwort").fill("demo-anna")
    page.get_by_role("button", name="Anmelden").click()
    page.goto("/inbox/?liste=meine")
    page.get_by_role("link", name=re.compile("Antrag prüfen")).first.click()
    page.screenshot(path=PICTURES / "inbox.png")


def picture_for_designers(browser: Browser, folder: Path) -> None:
    """The process model as modelers show it."""
    subprocess.run(["npm", "install", "--silent", "--no-fund", "bpmn-js@18"], cwd=folder, check=True)
    page = opened(browser, (2000, 800))
    page.set_content('<style>body{margin:0}#m{height:800px}</style><div id="m"></div>')
    page.add_style_tag(path=folder / "node_modules/bpmn-js/dist/assets/diagram-js.css")
    page.add_script_tag(path=folder / "node_modules/bpmn-js/dist/bpmn-viewer.production.min.js")
    page.evaluate(
        """async (xml) => {
            const viewer = new BpmnJS({ container: "#m" });
            await viewer.importXML(xml);
            viewer.get("canvas").zoom("fit-viewport", "auto");
        }""",
        MODEL.read_text(encoding="utf-8"),
    )
    page.screenshot(path=PICTURES / "modell.png")


def picture_for_operators(browser: Browser) -> None:
    """The command line."""
    shown = subprocess.run([str(AMT), "--help"], capture_output=True, text=True, check=True).stdout
    page = opened(browser, (900, 620))
    style = "body{margin:0;background:#171717;color:#eee;padding:24px;font:14px/1.5 monospace}"
    page.set_content(f"<style>{style}</style><pre>$ amt --help\n{escape(shown)}</pre>")
    page.screenshot(path=PICTURES / "betrieb.png", full_page=True)


def opened(browser: Browser, size: tuple[int, int]) -> Page:
    """A page of that size."""
    context = browser.new_context(
        base_url=ADDRESS, viewport={"width": size[0], "height": size[1]}, locale="de-DE", timezone_id="Europe/Berlin"
    )
    return context.new_page()


if __name__ == "__main__":
    main()
