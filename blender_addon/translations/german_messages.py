"""German: finished sentences, which errors and reports are; {0}, {1} … are their parts, in the English order."""

MESSAGES = {
    "The documentation has no chapter {0}": "Die Dokumentation hat kein Kapitel {0}",
    "{0} cannot be read ({1}). Install the extension again.":
        "{0} lässt sich nicht lesen ({1}). Installieren Sie die Erweiterung neu.",
    "The report is in the clipboard": "Der Bericht ist in der Zwischenablage",
    "There was no job yet": "Es gab noch keinen Auftrag",
    "The folder {0} is gone": "Der Ordner {0} ist weg",
    "Written to {0}": "Geschrieben nach {0}",
    "It waits in the Job panel: {0} before it": "Er wartet unter Auftrag: {0} vor ihm",
    "Add photos first": "Fügen Sie erst Fotos hinzu",
    "{0} It was imported as a new object.": "{0} Es wurde als neues Objekt importiert.",
    "No head of a result is selected.": "Kein Kopf eines Ergebnisses ist ausgewählt.",
    "No folder can be made in {0} ({1}). Choose another for results.":
        "In {0} lässt sich kein Ordner anlegen ({1}). Wählen Sie einen anderen für Ergebnisse.",
    "{0} holds no job that can be run ({1}). Start a new one.":
        "{0} enthält keinen ausführbaren Auftrag ({1}). Starten Sie einen neuen.",
    "Nothing is under way": "Es läuft nichts",
    "It is paused already": "Er pausiert schon",
    "Nothing is paused": "Nichts pausiert",
    "It is about to end already": "Er endet schon",
    "No job waits": "Kein Auftrag wartet",
    "No fit is under way": "Keine Anpassung läuft",
    "There is no waiting job {0}. {1} wait.": "Es gibt keinen wartenden Auftrag {0}. {1} warten.",
    "{0} is in use, here or by another Blender. Wait for that.":
        "{0} ist in Gebrauch, hier oder von einem anderen Blender. Warten Sie darauf.",
    "No job folder is given.": "Kein Auftragsordner ist angegeben.",
    "There is no whole result in {0}. Run the job again.":
        "In {0} ist kein ganzes Ergebnis. Führen Sie den Auftrag nochmals aus.",
    "{0} holds no fit. Press the button again that has started it.":
        "{0} enthält keine Anpassung. Drücken Sie den Knopf nochmals, der sie gestartet hat.",
    "The textures in {0} cannot be read ({1}). Run the fit again.":
        "Die Texturen in {0} lassen sich nicht lesen ({1}). Passen Sie nochmals an.",
    "The result has no view {0}. Its views are {1}.": "Das Ergebnis hat keine Ansicht {0}. Seine Ansichten sind {1}.",
    "No view of the result is chosen. Select photo cameras of it, or tick photos in the list.":
        "Keine Ansicht des Ergebnisses ist gewählt. Wählen Sie Fotokameras davon aus, oder kreuzen Sie Fotos in der "
        "Liste an.",
    "The object that was re-fitted is no longer in the scene.": "Das angepasste Objekt ist nicht mehr in der Szene.",
    "Not among the views of the result, and left out: {0}":
        "Nicht unter den Ansichten des Ergebnisses und weggelassen: {0}",
    "No photos are chosen, or all have the weight 0. Add photos of the subject, or import a transforms.json.":
        "Keine Fotos sind gewählt, oder alle haben das Gewicht 0. Fügen Sie Fotos des Motivs hinzu, oder "
        "importieren Sie eine transforms.json.",
    "No file is chosen for the head model. Choose one, or set Head model to Automatic.":
        "Für das Kopfmodell ist keine Datei gewählt. Wählen Sie eine, oder stellen Sie Kopfmodell auf Automatisch.",
    "{0} cannot be written to ({1}). Free some space, or choose another folder for results.":
        "{0} lässt sich nicht beschreiben ({1}). Schaffen Sie Platz, oder wählen Sie einen anderen Ordner für "
        "Ergebnisse.",
    "Likeness has no folder of its own to write to: this result is kept until Blender is closed. Save the .blend, "
    "or choose a folder under Results in.":
        "Likeness hat keinen eigenen Ordner zum Schreiben: dieses Ergebnis bleibt, bis Blender geschlossen wird. "
        "Speichern Sie die .blend, oder wählen Sie einen Ordner unter Ergebnisse in.",
    "{0} is a new object. {1} is hidden: show it in the Outliner.":
        "{0} ist ein neues Objekt. {1} ist verborgen: zeigen Sie es im Outliner.",
    "Select the mesh of a result": "Wählen Sie das Mesh eines Ergebnisses aus",
    "Select the head or object of a result": "Wählen Sie den Kopf oder das Objekt eines Ergebnisses aus",
    "Nothing has been generated yet": "Es wurde noch nichts erzeugt",
    "The result folder of {0} is gone": "Der Ergebnisordner von {0} ist weg",
    "{0} has no {1}. Generate the result with the method Gaussians.":
        "{0} hat keine {1}. Erzeugen Sie das Ergebnis mit dem Verfahren Gauß-Splats.",
    "There is no folder {0}. Make it, or choose another.":
        "Es gibt keinen Ordner {0}. Legen Sie ihn an, oder wählen Sie einen anderen.",
    "{0} cannot be written ({1}). Choose another folder.":
        "{0} lässt sich nicht schreiben ({1}). Wählen Sie einen anderen Ordner.",
    "{0} cannot be written ({1}). Choose another file.":
        "{0} lässt sich nicht schreiben ({1}). Wählen Sie eine andere Datei.",
    "{0} is not in this view layer. Switch its collection on in the Outliner.":
        "{0} ist nicht in dieser Ansichtsebene. Schalten Sie die zugehörige Sammlung im Outliner ein.",
    "The collection of {0} is hidden. Show it in the Outliner.":
        "Die Sammlung von {0} ist verborgen. Zeigen Sie sie im Outliner.",
    "This Blender was built without USD. Choose another format.":
        "Dieses Blender wurde ohne USD gebaut. Wählen Sie ein anderes Format.",
    "This Blender was built without OBJ. Choose another format.":
        "Dieses Blender wurde ohne OBJ gebaut. Wählen Sie ein anderes Format.",
    "Blender's exporter was cancelled; the console may say why.":
        "Blenders Export wurde abgebrochen; vielleicht sagt die Konsole, warum.",
    "{0} is switched off. Switch it on under Edit > Preferences > Add-ons.":
        "{0} ist ausgeschaltet. Schalten Sie es unter Bearbeiten > Einstellungen > Add-ons ein.",
    "Blender's exporter says: {0}": "Blenders Export sagt: {0}",
    "No file is named. Choose one.": "Keine Datei ist benannt. Wählen Sie eine.",
    "The photos show too little of the face to know its color. Add one from the front.":
        "Die Fotos zeigen zu wenig vom Gesicht, um seine Farbe zu kennen. Fügen Sie eines von vorn hinzu.",
    "{0} has no material. Import its result again.": "{0} hat kein Material. Importieren Sie das Ergebnis nochmals.",
    "{0} has lost its textures. Import its result again.":
        "{0} hat seine Texturen verloren. Importieren Sie das Ergebnis nochmals.",
    "{0} shows nothing of {1}. Unwrap it, or choose another material.":
        "{0} zeigt nichts von {1}. Wickeln Sie es ab, oder wählen Sie ein anderes Material.",
    "The image {0} cannot be read. Find its file (File > External Data), or pack it.":
        "Das Bild {0} lässt sich nicht lesen. Suchen Sie seine Datei (Datei > Externe Daten), oder packen Sie es ein.",
    "{0} has no texture coordinates. Unwrap it, or give its material a plain color.":
        "{0} hat keine Texturkoordinaten. Wickeln Sie es ab, oder geben Sie seinem Material eine einfache Farbe.",
    "{0} has {1} vertices, the result {2}.": "{0} hat {1} Vertices, das Ergebnis {2}.",
    "The faces of {0} are not those of the result.": "Die Flächen von {0} sind nicht die des Ergebnisses.",
    "Only one of {0} and the result has expressions.": "Von {0} und dem Ergebnis hat nur eines Gesichtsausdrücke.",
    "{0} has no Principled BSDF at its output. Choose a material that has one.":
        "{0} hat kein Principled BSDF am Ausgang. Wählen Sie ein Material, das eines hat.",
    "{0} is linked from another file. Make it local first (Object > Relations).":
        "{0} ist aus einer anderen Datei verknüpft. Machen Sie es erst lokal (Objekt > Beziehungen).",
    "The base color of {0} comes from no image. Bake it to one first.":
        "Die Grundfarbe von {0} kommt aus keinem Bild. Backen Sie sie erst in eines.",
    "{0} checks, {1} failed": "{0} Prüfungen, {1} nicht bestanden",
    "All {0} checks hold": "Alle {0} Prüfungen bestanden",
    "{0} is being edited. Leave edit mode first.": "{0} wird bearbeitet. Verlassen Sie erst den Bearbeitungsmodus.",
    "{0} has lost its eyes, or its attribute {1}. Import its result again.":
        "{0} hat seine Augen oder sein Attribut {1} verloren. Importieren Sie das Ergebnis nochmals.",
    "Select a head with expressions": "Wählen Sie einen Kopf mit Gesichtsausdrücken aus",
    "{0} knows no expression of a photo {1}. {2}": "{0} kennt keinen Ausdruck eines Fotos {1}. {2}",
    "{0} has none of the recorded shape keys. Import its result again.":
        "{0} hat keinen der aufgenommenen Shape-Keys. Importieren Sie das Ergebnis nochmals.",
    "{0} has no columns with names of expressions, such as jawOpen; it has {1}. Choose a CSV of Live Link Face, or "
    "one with ARKit's names in its first line.":
        "{0} hat keine Spalten mit Namen von Gesichtsausdrücken wie jawOpen; es hat {1}. Wählen Sie eine CSV von "
        "Live Link Face, oder eine mit den Namen von ARKit in der ersten Zeile.",
    "{0} is empty: it has no rows below its first line. Record it again.":
        "{0} ist leer: unter der ersten Zeile steht nichts. Nehmen Sie nochmals auf.",
    "{0} is empty. Record it again.": "{0} ist leer. Nehmen Sie nochmals auf.",
    "{0} cannot be read ({1}). Choose the CSV of a recording.":
        "{0} lässt sich nicht lesen ({1}). Wählen Sie die CSV einer Aufnahme.",
    "{0}: {1} is no number ({2}). Mend or remove that line.":
        "{0}: {1} ist keine Zahl ({2}). Berichtigen oder entfernen Sie die Zeile.",
    "{0} frames, {1} keys, {2} s": "{0} Einzelbilder, {1} Keys, {2} s",
    "Select a head of a result, with expressions": "Wählen Sie einen Kopf eines Ergebnisses mit Gesichtsausdrücken aus",
    "{0} keys are named as in {1}": "{0} Keys heißen nun wie {1}",
    "{0} has no photos. Choose a photo, or a folder of photos ({1}).":
        "{0} hat keine Fotos. Wählen Sie ein Foto, oder einen Ordner mit Fotos ({1}).",
    "The result did not arrive.": "Das Ergebnis kam nicht an.",
    "Likeness's backend is not installed. Press Install in the extension's preferences, or run `python install.py` "
    "in the folder of Likeness, or name its Python in the preferences.":
        "Das Backend von Likeness ist nicht installiert. Drücken Sie Installieren in den Einstellungen der "
        "Erweiterung, oder führen Sie `python install.py` im Ordner von Likeness aus, oder nennen Sie sein Python "
        "in den Einstellungen.",
    "{0} does not exist: {1}. Press Install in Likeness's preferences, run `python install.py` again, or correct "
    "the path.":
        "{0} gibt es nicht: {1}. Drücken Sie Installieren in den Einstellungen von Likeness, führen Sie `python "
        "install.py` nochmals aus, oder berichtigen Sie den Pfad.",
    "{0} names no Python. Run `python install.py` again.":
        "{0} nennt kein Python. Führen Sie `python install.py` nochmals aus.",
    "{0} cannot be read ({1}). Run `python install.py` again.":
        "{0} lässt sich nicht lesen ({1}). Führen Sie `python install.py` nochmals aus.",
    "The backend is on another machine: run `python install.py head-model ict` there":
        "Das Backend ist auf einem anderen Rechner: führen Sie dort `python install.py head-model ict` aus",
    "Something is being installed; wait or cancel it":
        "Es wird gerade etwas installiert; warten Sie, oder brechen Sie es ab",
    "Nothing is being installed": "Es wird nichts installiert",
    "The backend is being asked": "Das Backend wird gefragt",
    "The log cannot be written ({0}).": "Das Protokoll lässt sich nicht schreiben ({0}).",
    "Nothing can be installed: Blender has no online access. Allow it in Edit > Preferences > System > Network, or "
    "choose an environment that `python install.py` has made.":
        "Nichts lässt sich installieren: Blender hat keinen Online-Zugriff. Erlauben Sie ihn unter Bearbeiten > "
        "Einstellungen > System > Netzwerk, oder wählen Sie eine Umgebung, die `python install.py` angelegt hat.",
    "The backend is on another machine, and Blender has no online access. Allow it in Edit > Preferences > System > "
    "Network, or empty Other Machine in Likeness's preferences.":
        "Das Backend ist auf einem anderen Rechner, und Blender hat keinen Online-Zugriff. Erlauben Sie ihn unter "
        "Bearbeiten > Einstellungen > System > Netzwerk, oder leeren Sie Anderer Rechner in den Einstellungen von "
        "Likeness.",
    "Blender has no online access. Allow it in Edit > Preferences > System > Network, or get ICT-FaceKit in another "
    "way and choose From File.":
        "Blender hat keinen Online-Zugriff. Erlauben Sie ihn unter Bearbeiten > Einstellungen > System > Netzwerk, "
        "oder besorgen Sie ICT-FaceKit anders und wählen Sie Aus Datei.",
    "{0} cannot be made ({1})": "{0} lässt sich nicht anlegen ({1})",
    "{0} cannot be sent to another machine. Give it another name.":
        "{0} lässt sich nicht an einen anderen Rechner senden. Geben Sie ihm einen anderen Namen.",
    "No Python was found that can make an environment. Install Python 3.11 (https://www.python.org/downloads/; on "
    "Debian and Ubuntu python3.11-venv too), then press Install again.":
        "Kein Python wurde gefunden, das eine Umgebung anlegen kann. Installieren Sie Python 3.11 "
        "(https://www.python.org/downloads/; auf Debian und Ubuntu auch python3.11-venv), und drücken Sie dann "
        "nochmals Installieren.",
    "The command for the other machine makes no sense ({0}): {1}":
        "Der Befehl für den anderen Rechner ergibt keinen Sinn ({0}): {1}",
    "{0} is not there. Check the path.": "{0} ist nicht da. Prüfen Sie den Pfad.",
    "{0} already holds other files. Choose a new or an empty folder.":
        "{0} enthält schon andere Dateien. Wählen Sie einen neuen oder leeren Ordner.",
    "{0} is not a whole result. Missing: {1}. Run the fit again.":
        "{0} ist kein ganzes Ergebnis. Es fehlt: {1}. Passen Sie nochmals an.",
    "{0} is a folder. Choose another name for the file.":
        "{0} ist ein Ordner. Wählen Sie einen anderen Namen für die Datei.",
    "{0} is damaged ({1}). Run the fit again.": "{0} ist beschädigt ({1}). Passen Sie nochmals an.",
    "The other machine did not answer ({0}). {1}.": "Der andere Rechner hat nicht geantwortet ({0}). {1}.",
    "The backend is broken ({0}). Press Repair.": "Das Backend ist kaputt ({0}). Drücken Sie Reparieren.",
    "{0} did not answer within {1} seconds. Press Check again.":
        "{0} hat nicht binnen {1} Sekunden geantwortet. Drücken Sie nochmals Prüfen.",
    "Asking the backend ended in an error; the console shows it.":
        "Die Frage an das Backend endete mit einem Fehler; die Konsole zeigt ihn.",
    "{0} shows no bare neck. Select the mesh of a body, too.":
        "{0} zeigt keinen bloßen Hals. Wählen Sie auch das Mesh eines Körpers aus.",
    "Select the mesh of the body; it needs a material": "Wählen Sie das Mesh des Körpers aus; es braucht ein Material",
    "There is no skin match here": "Hier ist keine Haut angeglichen",
    "Generate or import a head first, or select it":
        "Erzeugen oder importieren Sie erst einen Kopf, oder wählen Sie ihn aus",
    "The size of {0} cannot be found out: it is gone, or not a picture that Blender reads.":
        "Die Größe von {0} lässt sich nicht feststellen: es ist weg, oder kein Bild, das Blender liest.",
    "No photo of the list has a known camera. Import cameras first.":
        "Kein Foto der Liste hat eine bekannte Kamera. Importieren Sie erst Kameras.",
    "{0} cameras written to {1}": "{0} Kameras geschrieben nach {1}",
    "No cameras are selected. Select camera objects in the viewport.":
        "Keine Kameras sind ausgewählt. Wählen Sie Kameraobjekte im Viewport aus.",
    "No ticked photo has a camera. Tick photos with cameras, or fit them first.":
        "Kein angekreuztes Foto hat eine Kamera. Kreuzen Sie Fotos mit Kameras an, oder passen Sie erst an.",
    "No file is named. Say where to write the cameras.":
        "Keine Datei ist benannt. Sagen Sie, wohin die Kameras zu schreiben sind.",
    "{0} holds no cameras. Choose a transforms.json, or COLMAP's folder of cameras and images (txt or bin).":
        "{0} enthält keine Kameras. Wählen Sie eine transforms.json, oder den Ordner von COLMAP mit cameras und "
        "images (txt oder bin).",
    "{0} of {1} photos are not where the file says.": "{0} von {1} Fotos sind nicht da, wo die Datei sagt.",
    "{0} is {1} camera. Photos need one of the type Perspective.":
        "{0} ist {1} Kamera. Fotos brauchen eine vom Typ Perspektivisch.",
    "{0} has the scale 0. Give it, or its parents, another.":
        "{0} hat die Skalierung 0. Geben Sie ihr, oder dem Übergeordneten, eine andere.",
    "{0} is mirrored by a negative scale of it or of its parents. Apply the scale.":
        "{0} ist durch eine negative Skalierung, eigene oder übergeordnete, gespiegelt. Wenden Sie die Skalierung an.",
    "{0} is skewed by its parents' uneven scale. Apply the parents' scale.":
        "{0} ist durch die ungleiche Skalierung des Übergeordneten verzerrt. Wenden Sie dessen Skalierung an.",
    "{0} names no photos. Choose the transforms.json of your capture.":
        "{0} nennt keine Fotos. Wählen Sie die transforms.json Ihrer Aufnahme.",
    "{0} cannot be read: {1}.": "{0} lässt sich nicht lesen: {1}.",
    "{0} is not a transforms.json with frames that have a file_path. Export the cameras in nerfstudio's or "
    "instant-ngp's format.":
        "{0} ist keine transforms.json mit frames, die einen file_path haben. Exportieren Sie die Kameras im Format "
        "von nerfstudio oder instant-ngp.",
    'The photos of the COLMAP model {0} were not found, {1} for one. Put them into a folder "images" beside it, or '
    "say where they are.":
        'Die Fotos des COLMAP-Modells {0} wurden nicht gefunden, etwa {1}. Legen Sie sie in einen Ordner "images" '
        "daneben, oder sagen Sie, wo sie sind.",
    "The COLMAP model {0} has no photos with cameras. Choose another model of the project.":
        "Das COLMAP-Modell {0} hat keine Fotos mit Kameras. Wählen Sie ein anderes Modell des Projekts.",
    "The COLMAP model {0} lacks the cameras {1}. Export it anew.":
        "Dem COLMAP-Modell {0} fehlen die Kameras {1}. Exportieren Sie es neu.",
    "COLMAP wants all photos below one folder; these lie on several drives.":
        "COLMAP verlangt alle Fotos unter einem Ordner; diese liegen auf mehreren Laufwerken.",
    "{0} has no cameras.txt and images.txt, nor these as .bin. Choose COLMAP's model folder.":
        "{0} hat keine cameras.txt und images.txt, auch nicht als .bin. Wählen Sie den Modellordner von COLMAP.",
    "{0} is not a COLMAP file, or is broken ({1}). Export the model anew.":
        "{0} ist keine COLMAP-Datei, oder kaputt ({1}). Exportieren Sie das Modell neu.",
    "Cameras of the model {0} are not read, only {1}. Undistort the photos in COLMAP (image_undistorter) and take "
    "that model.":
        "Kameras des Modells {0} werden nicht gelesen, nur {1}. Entzerren Sie die Fotos in COLMAP "
        "(image_undistorter), und nehmen Sie jenes Modell.",
    "A photo's rotation in the COLMAP model is no rotation. Export the model anew.":
        "Die Drehung eines Fotos im COLMAP-Modell ist keine Drehung. Exportieren Sie das Modell neu.",
    "A {0} camera has {1} numbers, not {2}. Export the model anew.":
        "Eine Kamera {0} hat {1} Zahlen, nicht {2}. Exportieren Sie das Modell neu.",
    "A FULL_OPENCV lens with k4, k5 or k6 is not read. Undistort the photos in COLMAP first.":
        "Ein Objektiv FULL_OPENCV mit k4, k5 oder k6 wird nicht gelesen. Entzerren Sie die Fotos erst in COLMAP.",
    "The camera of {0} is not known. Import cameras, or fit the photos first.":
        "Die Kamera von {0} ist nicht bekannt. Importieren Sie Kameras, oder passen Sie erst an.",
    "The lens of {0} is not a plain one with k1 k2 k3 p1 p2. Undistort the photos first.":
        "Das Objektiv von {0} ist kein einfaches mit k1 k2 k3 p1 p2. Entzerren Sie die Fotos erst.",
    "The camera of {0} has no focal length, or no size. Export the cameras anew.":
        "Die Kamera von {0} hat keine Brennweite oder keine Größe. Exportieren Sie die Kameras neu.",
    "The camera of {0} has the {1} {2}, which is no number. Export the cameras anew.":
        "Die Kamera von {0} hat für {1} den Wert {2}, der keine Zahl ist. Exportieren Sie die Kameras neu.",
    "The pose of {0} is not 4 x 4 numbers. Export the cameras anew.":
        "Die Lage von {0} besteht nicht aus 4 x 4 Zahlen. Exportieren Sie die Kameras neu.",
    "The pose of {0} is scaled, sheared or mirrored: no camera is. Export the cameras anew.":
        "Die Lage von {0} ist skaliert, geschert oder gespiegelt: das ist keine Kamera. Exportieren Sie die Kameras "
        "neu.",
    "There is no folder {0}.": "Es gibt keinen Ordner {0}.",
    "There are no photos in {0}. Photos end in {1}.": "In {0} sind keine Fotos. Fotos enden auf {1}.",
    "There are no photos": "Es gibt keine Fotos",
    "There is no photo {0}.": "Es gibt kein Foto {0}.",
    "There is no file {0}. Put it back, or remove the photo from the list.":
        "Es gibt keine Datei {0}. Legen Sie sie zurück, oder entfernen Sie das Foto aus der Liste.",
    "There is no mask {0}. The photo is used without it unless you choose another.":
        "Es gibt keine Maske {0}. Das Foto wird ohne sie verwendet, wenn Sie keine andere wählen.",
    "{0} has no background image. Give it the photo that it was taken with.":
        "{0} hat kein Hintergrundbild. Geben Sie ihr das Foto, das mit ihr aufgenommen wurde.",
    "{0} shows a movie clip, a sequence or a generated picture. Give it a single photo.":
        "{0} zeigt einen Filmclip, eine Sequenz oder ein erzeugtes Bild. Geben Sie ihr ein einzelnes Foto.",
    "The photo behind {0} is not in a file. Save it with Image > Save As.":
        "Das Foto hinter {0} ist in keiner Datei. Speichern Sie es mit Bild > Speichern unter.",
    "The photo behind {0} is moved, turned, scaled or flipped. Set its offset and rotation to 0 and its scale to 1, "
    "and align the camera instead (its lens and shift).":
        "Das Foto hinter {0} ist verschoben, gedreht, skaliert oder gespiegelt. Setzen Sie Versatz und Drehung auf "
        "0 und die Skalierung auf 1, und richten Sie stattdessen die Kamera aus (Objektiv und Verschiebung).",
    "The photo behind {0} is stored turned (EXIF), as phones do: Blender shows it otherwise than it was taken. Save "
    "it upright with another program, and align the camera with that.":
        "Das Foto hinter {0} ist gedreht gespeichert (EXIF), wie es Telefone tun: Blender zeigt es anders, als es "
        "aufgenommen wurde. Speichern Sie es mit einem anderen Programm aufrecht, und richten Sie die Kamera daran "
        "aus.",
    "{0} behind {1} is no picture that Blender reads.": "{0} hinter {1} ist kein Bild, das Blender liest.",
    "There are no cameras in the scene": "In der Szene sind keine Kameras",
    "Select cameras of photos in the viewport": "Wählen Sie Kameras von Fotos im Viewport aus",
    "None of the selected cameras belongs to a photo of the list.":
        "Keine der ausgewählten Kameras gehört zu einem Foto der Liste.",
    "{0} shows the same photo as another camera. Remove one of them.":
        "{0} zeigt dasselbe Foto wie eine andere Kamera. Entfernen Sie eine davon.",
    "There are no weights {0}. Select a photo camera of a result.":
        "Es gibt keine Gewichte {0}. Wählen Sie eine Fotokamera eines Ergebnisses aus.",
    "Open an image editor to see the weights in.": "Öffnen Sie einen Bildeditor, um die Gewichte zu sehen.",
    "Select a photo camera": "Wählen Sie eine Fotokamera aus",
    "The camera of this photo is not known yet: import cameras, or generate":
        "Die Kamera dieses Fotos ist noch nicht bekannt: importieren Sie Kameras, oder erzeugen Sie",
    "ICT-FaceKit is not installed. Get it in Likeness's preferences, or by python install.py head-model ict":
        "ICT-FaceKit ist nicht installiert. Sie bekommen es in den Einstellungen von Likeness, oder durch python "
        "install.py head-model ict",
    "Finished early on request.": "Auf Wunsch vorzeitig beendet.",
    "Head, {0}, {1} photos": "Kopf, {0}, {1} Fotos",
    "Object, {0}, {1} photos": "Objekt, {0}, {1} Fotos",
    "Head, {0}": "Kopf, {0}",
    "Object, {0}": "Objekt, {0}",
    "preview": "Vorschau",
    "standard": "Standard",
    "high": "hoch",
    "Re-fit of {0}, {1} views": "Anpassung von {0}, {1} Ansichten",
    "Turntable of {0}": "Drehung von {0}",
    "Animation of {0}": "Animation von {0}",
    "Stopped": "Angehalten",
    "Starting": "Beginnt",
    "Installing the backend": "Das Backend wird installiert",
    "Installing ICT-FaceKit": "ICT-FaceKit wird installiert",
    "Importing the cameras": "Die Kameras werden importiert",
    "Likeness {0}, Python {1}, torch {2}": "Likeness {0}, Python {1}, torch {2}",
    "Computes on {0}": "Rechnet mit {0}",
    "Renderers: {0}": "Renderer: {0}",
    "Head models: {0}": "Kopfmodelle: {0}",
    "{0} GB free for temporary files": "{0} GB frei für vorläufige Dateien",
    "Missing: {0}. Press Repair.": "Es fehlt: {0}. Drücken Sie Reparieren.",
    "It ended with code {0} ({1}). The log is {2}.": "Es endete mit dem Code {0} ({1}). Das Protokoll ist {2}.",
    "{0} of {1} MB": "{0} von {1} MB",
    "Left when Blender was closed:": "Übrig, als Blender geschlossen wurde:",
    "an orthographic": "eine orthografische",
    "a panoramic": "eine Panorama-",
    "No camera of the scene has a photo behind it. Give it a background image.":
        "Keine Kamera der Szene hat ein Foto hinter sich. Geben Sie ihr ein Hintergrundbild.",
    "There are no weights. Select a photo camera of a result.":
        "Es gibt keine Gewichte. Wählen Sie eine Fotokamera eines Ergebnisses aus.",
    "{0} was {1} off the face's color": "{0} war {1} von der Farbe des Gesichts entfernt",
    "The backend cannot be started in {0} ({1}). Check it in the preferences.":
        "Das Backend lässt sich in {0} nicht starten ({1}). Prüfen Sie es in den Einstellungen.",
    "Left out, because their cameras are not known: {0}.": "Weggelassen, weil ihre Kameras nicht bekannt sind: {0}.",
    "The skin match of {0} is not exported: its nodes are known to Blender only.":
        "Die Angleichung der Haut von {0} wird nicht exportiert: ihre Nodes kennt nur Blender.",
    "{0}? No: {1} has {2}, wanted {3}": "{0}? Nein: {1} hat {2}, gewollt {3}",
    "The modifier {0} of {1} is not exported: shape keys would be lost. Apply it before, or export an OBJ.":
        "Der Modifikator {0} von {1} wird nicht exportiert: Shape-Keys gingen verloren. Wenden Sie ihn vorher an, "
        "oder exportieren Sie eine OBJ.",
    "{0} has a photo of another shape than the render. If it was aligned in the frame of the render, set Framing to "
    "Render.":
        "{0} hat ein Foto von anderer Form als das Rendern. Wurde sie im Rahmen des Renderns ausgerichtet, stellen "
        "Sie Bildausschnitt auf Rendern.",
    "The result has no splats: generate it with the method Gaussians":
        "Das Ergebnis hat keine Splats: erzeugen Sie es mit dem Verfahren Gauß-Splats",
}  # fmt: skip
