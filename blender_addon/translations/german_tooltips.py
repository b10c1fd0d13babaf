"""German: tooltips."""

TOOLTIPS = {
    "A command that starts the backend on another machine, like `ssh gpu-box /path/to/likeness/.venv/bin/python -m "
    "backend serve --remote`; photos and results travel through it. Empty: this machine":
        "Ein Befehl, der das Backend auf einem anderen Rechner startet, etwa `ssh gpu-box "
        "/path/to/likeness/.venv/bin/python -m backend serve --remote`; Fotos und Ergebnisse laufen hindurch. Leer: "
        "dieser Rechner",
    "Python of an environment that install.py made; empty: found by itself":
        "Python einer Umgebung, die install.py angelegt hat; leer: wird von selbst gefunden",
    "The photo's file": "Die Datei des Fotos",
    "Use this photo for the next fit, or for the next re-fit": "Dieses Foto für die nächste Anpassung verwenden",
    "How much this photo counts beside the others: 1 as usual, 0 not at all":
        "Wie viel dieses Foto neben den anderen zählt: 1 wie üblich, 0 gar nicht",
    "A picture that is white where the photo shows the subject; empty: it is computed":
        "Ein Bild, das weiß ist, wo das Foto das Motiv zeigt; leer: wird berechnet",
    "What the face does here: neutral, or ARKit's names as in 'jawOpen + mouthSmileLeft:0.5'; any other word names "
    "a group of photos. Empty: found out":
        "Was das Gesicht hier tut: neutral, oder Namen von ARKit wie in 'jawOpen + mouthSmileLeft:0.5'; jedes "
        "andere Wort benennt eine Gruppe von Fotos. Leer: wird herausgefunden",
    "Its camera is known, from a file or from the scene; others are solved":
        "Seine Kamera ist bekannt, aus einer Datei oder aus der Szene; andere werden berechnet",
    "Lens and pose as in a frame of a transforms.json (JSON)":
        "Objektiv und Lage wie in einem Bild einer transforms.json (JSON)",
    "What is known of the photo's camera": "Was von der Kamera des Fotos bekannt ist",
    "Its camera is not known yet: a fit of a head, or of an object from all sides, finds it":
        "Seine Kamera ist noch nicht bekannt: die Anpassung eines Kopfes, oder eines Objekts von allen Seiten, "
        "findet sie",
    "Its camera was imported, or taken from the scene": "Seine Kamera wurde importiert oder aus der Szene übernommen",
    "A fit has found its camera; it is in the scene": "Eine Anpassung hat seine Kamera gefunden; sie ist in der Szene",
    "The photo's file is gone": "Die Datei des Fotos ist weg",
    "What is wrong with the photo, and what to do": "Was mit dem Foto nicht stimmt, und was zu tun ist",
    "How far the last fit trusted its pixels (a picture)":
        "Wie weit die letzte Anpassung seinen Pixeln vertraut hat (ein Bild)",
    "The list of photos": "Die Liste der Fotos",
    "Which photo of the list is active": "Welches Foto der Liste aktiv ist",
    "The transforms.json that the cameras came from": "Die transforms.json, aus der die Kameras stammen",
    "What the photos show": "Was die Fotos zeigen",
    "A person's head": "Der Kopf einer Person",
    "A bust, a toy, any single object": "Eine Büste, ein Spielzeug, irgendein einzelnes Objekt",
    "What fills in where no photo looks, and what the cameras are solved with":
        "Womit ergänzt wird, was kein Foto zeigt, und womit die Kameras berechnet werden",
    "ICT-FaceKit where it is installed, else the one that comes with Likeness":
        "ICT-FaceKit, wo es installiert ist, sonst das von Likeness mitgelieferte",
    "The head that comes with Likeness": "Der Kopf, der mit Likeness kommt",
    "A model made from scans of many people: closer to the person; installed on its own":
        "Ein Modell aus Scans vieler Menschen: ähnlicher; wird eigens installiert",
    "Another head model, from a file or a folder": "Ein anderes Kopfmodell, aus einer Datei oder einem Ordner",
    "The head model's file, or the folder of its data": "Die Datei des Kopfmodells oder der Ordner mit seinen Daten",
    "Whose face, in photos with several: counted from the left, beginning with 0; -1: the largest":
        "Wessen Gesicht, auf Fotos mit mehreren: von links gezählt, von 0 an; -1: das größte",
    "What the photos are turned into on the way to the mesh": "Was aus den Fotos auf dem Weg zum Mesh wird",
    "The mesh straight from the outlines and the photos": "Das Mesh unmittelbar aus den Umrissen und den Fotos",
    "A neural distance field first: for shapes with hollows, like eyes, ears and nostrils":
        "Zuerst ein neuronales Distanzfeld: für Formen mit Höhlungen wie Augen, Ohren und Nasenlöcher",
    "The classic neural radiance field first: slow without a GPU":
        "Zuerst das klassische neuronale Strahlungsfeld: langsam ohne GPU",
    "A neural radiance field first, the fast kind: for novel views":
        "Zuerst ein neuronales Strahlungsfeld der schnellen Art: für neue Ansichten",
    "3D Gaussian splats first: for novel views, and a splats.ply for other programs":
        "Zuerst 3D-Gauß-Splats: für neue Ansichten, und eine splats.ply für andere Programme",
    "How much time to spend": "Wie viel Zeit es dauern darf",
    "In under a minute, to see whether the photos work":
        "In weniger als einer Minute, um zu sehen, ob die Fotos taugen",
    "In a few minutes": "In einigen Minuten",
    "The finest geometry and the largest textures": "Die feinste Geometrie und die größten Texturen",
    "Which color map the material shows": "Welche Farbtextur das Material zeigt",
    "The color as photographed, with the light of the day in it":
        "Die Farbe wie fotografiert, mit dem Licht des Tages darin",
    "The color with the light taken out, to be lit anew": "Die Farbe ohne das Licht, um neu beleuchtet zu werden",
    "Which mesh of a result is put into the scene": "Welches Mesh eines Ergebnisses in die Szene kommt",
    "The surface as the photos made it: the finest shape":
        "Die Oberfläche, wie die Fotos sie ergeben: die feinste Form",
    "The head model's quads laid onto that surface: for rigging, sculpting and painting. Of an object, and of a "
    "head from few photos, there is one mesh only":
        "Die Vierecke des Kopfmodells, auf diese Oberfläche gelegt: für Rigging, Modellieren und Malen. Von einem "
        "Objekt, und von einem Kopf aus wenigen Fotos, gibt es nur ein Mesh",
    "Folder for the result folders; empty: a folder of the extension":
        "Ordner für die Ergebnisordner; leer: ein Ordner der Erweiterung",
    "Show the mesh in the scene while it is fitted": "Das Mesh in der Szene zeigen, während es angepasst wird",
    "Add photos of the subject; their cameras need not be known. Files can be dropped onto the sidebar, too":
        "Fotos des Motivs hinzufügen; ihre Kameras müssen nicht bekannt sein. Dateien lassen sich auch auf die "
        "Seitenleiste ziehen",
    "Where the photos are": "Wo die Fotos sind",
    "Names of the photos; none: all of the folder": "Namen der Fotos; keine: alle des Ordners",
    "Show pictures": "Bilder zeigen",
    "Remove the photo from the list; the file stays": "Das Foto aus der Liste entfernen; die Datei bleibt",
    "Which photo; -1: the active one": "Welches Foto; -1: das aktive",
    "Empty the list of photos; the files stay": "Die Liste der Fotos leeren; die Dateien bleiben",
    "Move the active photo up or down in the list": "Das aktive Foto in der Liste nach oben oder unten verschieben",
    "Where to": "Wohin",
    "Towards the beginning": "Zum Anfang hin",
    "Towards the end": "Zum Ende hin",
    "Tick photos: those that are ticked are used": "Fotos ankreuzen: die angekreuzten werden verwendet",
    "Which photos to tick": "Welche Fotos anzukreuzen sind",
    "Tick every photo": "Jedes Foto ankreuzen",
    "Tick no photo": "Kein Foto ankreuzen",
    "Tick those that are not ticked, and only those": "Genau die ankreuzen, die nicht angekreuzt sind",
    "Look at the active photo's file again: whether it is there, how it looks":
        "Noch einmal nach der Datei des aktiven Fotos sehen: ob sie da ist, wie sie aussieht",
    "Take photos with their cameras from a transforms.json (nerfstudio, instant-ngp), from a COLMAP model (text or "
    "binary), or from a folder that holds one":
        "Fotos mit ihren Kameras aus einer transforms.json (nerfstudio, instant-ngp), aus einem COLMAP-Modell (Text "
        "oder binär) oder aus einem Ordner damit übernehmen",
    "The file, or its folder": "Die Datei oder ihr Ordner",
    "Endings of the files to choose from": "Endungen der Dateien, die zur Wahl stehen",
    "Add to the photos of the list, and give those of the same files their cameras; otherwise the list is replaced":
        "Zu den Fotos der Liste hinzufügen, und denen derselben Dateien ihre Kameras geben; sonst wird die Liste "
        "ersetzt",
    "Folder of a COLMAP model's photos; empty: beside the model":
        "Ordner der Fotos eines COLMAP-Modells; leer: neben dem Modell",
    "Turn a world that lies on its back, as COLMAP's do: its -Y becomes up":
        "Eine Welt aufrichten, die auf dem Rücken liegt wie die von COLMAP: ihr -Y wird oben",
    "Put the known cameras of the list into the scene as camera objects, their photos behind them; those that were "
    "put there before are replaced":
        "Die bekannten Kameras der Liste als Kameraobjekte in die Szene setzen, ihre Fotos dahinter; früher "
        "hineingesetzte werden ersetzt",
    "Write cameras and the names of their photos: a transforms.json (nerfstudio, instant-ngp) or a COLMAP model":
        "Kameras und die Namen ihrer Fotos schreiben: eine transforms.json (nerfstudio, instant-ngp) oder ein "
        "COLMAP-Modell",
    "The file; for COLMAP the folder of the model": "Die Datei; für COLMAP der Ordner des Modells",
    "Warn before a file is overwritten": "Warnen, bevor eine Datei überschrieben wird",
    "What to write": "Was zu schreiben ist",
    "One file, as nerfstudio and instant-ngp read it": "Eine Datei, wie nerfstudio und instant-ngp sie lesen",
    "A folder with cameras.txt, images.txt and an empty points3D.txt":
        "Ein Ordner mit cameras.txt, images.txt und einer leeren points3D.txt",
    "Which cameras to write": "Welche Kameras zu schreiben sind",
    "Those of the ticked photos, known or solved": "Die der angekreuzten Fotos, bekannt oder gefunden",
    "The selected camera objects, as they stand in the scene":
        "Die ausgewählten Kameraobjekte, wie sie in der Szene stehen",
    "Use cameras of the scene as views: the selected ones, or all that have a photo behind them where none is "
    "selected. Lens, shift and pose are taken over":
        "Kameras der Szene als Ansichten verwenden: die ausgewählten, oder alle mit einem Foto dahinter, wo keine "
        "ausgewählt ist. Objektiv, Verschiebung und Lage werden übernommen",
    "What a camera's field of view refers to": "Worauf sich das Sichtfeld einer Kamera bezieht",
    "The whole photo, as when the render has the photo's size":
        "Das ganze Foto, als hätte das Rendern die Größe des Fotos",
    "The frame of the render, in which the photo lies as it is seen now":
        "Der Rahmen des Renderns, in dem das Foto liegt, wie es jetzt zu sehen ist",
    "Tick the photos whose camera objects are selected in the viewport, and no others":
        "Die Fotos ankreuzen, deren Kameraobjekte im Viewport ausgewählt sind, und keine anderen",
    "Build a textured mesh from the chosen photos, in the background; while a job runs, it waits for that one":
        "Aus den gewählten Fotos im Hintergrund ein texturiertes Mesh machen; während ein Auftrag läuft, wird auf "
        "diesen gewartet",
    "Return when the mesh is in the scene; always so without a window":
        "Zurückkehren, wenn das Mesh in der Szene ist; ohne Fenster immer so",
    "Import the result folder of an earlier fit": "Den Ergebnisordner einer früheren Anpassung importieren",
    "The result folder": "Der Ergebnisordner",
    "Give the selected head the shape, the keys and the textures of the result; its animation, drivers, weights and "
    "materials stay":
        "Dem ausgewählten Kopf die Form, die Keys und die Texturen des Ergebnisses geben; seine Animation, Treiber, "
        "Gewichte und Materialien bleiben",
    "Which mesh of the result; if not said, that of the panel, or of the selected head where it is updated":
        "Welches Mesh des Ergebnisses; ohne Angabe das der Seitenleiste, oder das des ausgewählten Kopfes, wo er "
        "aktualisiert wird",
    "Stop what is under way; the scene stays as it is": "Anhalten, was läuft; die Szene bleibt, wie sie ist",
    "What becomes of what there is so far": "Was aus dem wird, was bisher da ist",
    "Stop at once; the scene stays as it is": "Sofort anhalten; die Szene bleibt, wie sie ist",
    "Refine no further; the result is made of what there is, and imported":
        "Nicht weiter verfeinern; das Ergebnis wird aus dem gemacht, was da ist, und importiert",
    "Let the job run": "Den Auftrag laufen lassen",
    "Let the job wait at its next step; it needs no processor until it goes on":
        "Den Auftrag bei seinem nächsten Schritt warten lassen; er braucht keinen Prozessor, bis er weitergeht",
    "Let the paused job go on": "Den wartenden Auftrag fortsetzen",
    "Refine no further: the result is made of what there is so far, and imported as usual":
        "Nicht weiter verfeinern: das Ergebnis wird aus dem bisher Erreichten gemacht und wie üblich importiert",
    "Take this job out of the queue": "Diesen Auftrag aus der Warteschlange nehmen",
    "Which of the waiting jobs, counted from 0": "Welcher der wartenden Aufträge, von 0 an gezählt",
    "Let this job begin before the one above it": "Diesen Auftrag vor dem darüber beginnen lassen",
    "Import the result of a fit that was whole when Blender was closed":
        "Das Ergebnis einer Anpassung importieren, die fertig war, als Blender geschlossen wurde",
    "The folder of the job": "Der Ordner des Auftrags",
    "Run a job again that was interrupted when Blender was closed, or that has failed, with the same settings":
        "Einen Auftrag mit denselben Einstellungen nochmals ausführen, der beim Schließen von Blender unterbrochen "
        "wurde oder fehlgeschlagen ist",
    "Offer this job no longer; its folder stays where it is":
        "Diesen Auftrag nicht mehr anbieten; sein Ordner bleibt, wo er ist",
    "Copy what is known of the last job: its messages, the ends of its logs, its settings and the versions at work":
        "Kopieren, was vom letzten Auftrag bekannt ist: seine Meldungen, die Enden seiner Protokolle, seine "
        "Einstellungen und die Versionen",
    "Show the folder of the last job: its settings, its logs and its result":
        "Den Ordner des letzten Auftrags zeigen: seine Einstellungen, seine Protokolle und sein Ergebnis",
    "Refine the shape and the texture of the selected head from its selected photo cameras, or else from the photos "
    "that are ticked; what you have made of the head stays":
        "Form und Textur des ausgewählten Kopfes aus seinen ausgewählten Fotokameras verfeinern, oder sonst aus den "
        "angekreuzten Fotos; was Sie aus dem Kopf gemacht haben, bleibt",
    "Names of the result's views, separated by commas; empty: the selected photo cameras, or else the ticked photos":
        "Namen der Ansichten des Ergebnisses, durch Kommas getrennt; leer: die ausgewählten Fotokameras, oder sonst "
        "die angekreuzten Fotos",
    "Make the mesh anew, as a new object; the old one is kept, hidden, with all that you have made of it":
        "Das Mesh neu machen, als neues Objekt; das alte bleibt verborgen erhalten, mit allem, was Sie daraus "
        "gemacht haben",
    "Export the selected head with its eyes, bones, shape keys and textures, ready for a game engine":
        "Den ausgewählten Kopf mit Augen, Knochen, Shape-Keys und Texturen exportieren, fertig für eine Spiele-Engine",
    "The file; where it has no ending, the format's is added":
        "Die Datei; wo sie keine Endung hat, wird die des Formats angehängt",
    "The kind of file": "Die Art der Datei",
    "For the web, Unity, Unreal and Godot: keys, bones and textures":
        "Für das Web, Unity, Unreal und Godot: Keys, Knochen und Texturen",
    "For Unity, Unreal and Maya: keys, bones and textures": "Für Unity, Unreal und Maya: Keys, Knochen und Texturen",
    "For Omniverse, Houdini and Apple's tools: keys, bones and textures":
        "Für Omniverse, Houdini und Apples Programme: Keys, Knochen und Texturen",
    "The shape as it is posed now, without keys and bones, its textures beside":
        "Die Form in ihrer jetzigen Pose, ohne Keys und Knochen, ihre Texturen daneben",
    "The 3D Gaussians of the fit, for splat viewers (.ply)":
        "Die 3D-Gauß-Splats der Anpassung, für Splat-Betrachter (.ply)",
    "Where the pictures go": "Wohin die Bilder kommen",
    "Within the file (.glb, .usdz, .fbx)": "In die Datei (.glb, .usdz, .fbx)",
    "As pictures in a folder beside the file (.gltf, .usdc, .fbx)":
        "Als Bilder in einen Ordner neben der Datei (.gltf, .usdc, .fbx)",
    "Export what keys, bones and eyes do in the scene's frames, where they have Actions":
        "Exportieren, was Keys, Knochen und Augen in den Einzelbildern der Szene tun, wo sie Actions haben",
    "Save the 3D Gaussians that the selected result was made from, for splat viewers and other programs (.ply)":
        "Die 3D-Gauß-Splats speichern, aus denen das ausgewählte Ergebnis gemacht wurde, für Splat-Betrachter und "
        "andere Programme (.ply)",
    "The file for the splats": "Die Datei für die Splats",
    "Draw a full turn around the selected result as a video, in the background":
        "Eine volle Drehung um das ausgewählte Ergebnis als Video zeichnen, im Hintergrund",
    "A video that ends in .mp4, or a folder for pictures with transparency; empty: beside the .blend, or beside the "
    "result":
        "Ein Video, das auf .mp4 endet, oder ein Ordner für Bilder mit Transparenz; leer: neben der .blend oder "
        "neben dem Ergebnis",
    "Pictures of the full turn; a video shows 24 of them in a second":
        "Bilder der vollen Drehung; ein Video zeigt 24 davon in der Sekunde",
    "Pixels of the longer side; 0: that of the photos, at most 1024":
        "Pixel der längeren Seite; 0: die der Fotos, höchstens 1024",
    "What is drawn": "Was gezeichnet wird",
    "The field where the result keeps one, else the mesh": "Das Feld, wo das Ergebnis eines enthält, sonst das Mesh",
    "The textured mesh": "Das texturierte Mesh",
    "The SDF, NeRF or Gaussians that the mesh was made from":
        "Das SDF, NeRF oder die Gauß-Splats, aus denen das Mesh gemacht wurde",
    "Return when the video is there; always so without a window":
        "Zurückkehren, wenn das Video da ist; ohne Fenster immer so",
    "Look through the selected photo camera; the render takes the size of its photo":
        "Durch die ausgewählte Fotokamera sehen; das Rendern übernimmt die Größe ihres Fotos",
    "Look at the scene through the camera of the active photo of the list, with the photo behind it":
        "Die Szene durch die Kamera des aktiven Fotos der Liste ansehen, mit dem Foto dahinter",
    "Show which pixels the fit trusted (white) and which it kept out, such as glasses, hair and highlights (black): "
    "in an image editor, or else behind the photo's camera; once more brings the photo back":
        "Zeigen, welchen Pixeln die Anpassung vertraut hat (weiß) und welche sie ausgenommen hat, etwa Brille, "
        "Haare und Glanzlichter (schwarz): in einem Bildeditor, oder sonst hinter der Kamera des Fotos; ein "
        "weiteres Mal bringt das Foto zurück",
    "The picture of the weights; empty: that of the selected photo camera":
        "Das Bild der Gewichte; leer: das der ausgewählten Fotokamera",
    "Give the active object's skin, and the neck of the generated head, the color of the face":
        "Der Haut des aktiven Objekts, und dem Hals des erzeugten Kopfes, die Farbe des Gesichts geben",
    "How much of the match is seen": "Wie viel von der Angleichung zu sehen ist",
    "Take the skin match out of the active object's material and out of the generated head's":
        "Die Angleichung der Haut aus dem Material des aktiven Objekts und aus dem des erzeugten Kopfes nehmen",
    "Set all expression keys of the selected head to a preset":
        "Alle Ausdruckskeys des ausgewählten Kopfes auf eine Vorgabe setzen",
    "Which expression": "Welcher Gesichtsausdruck",
    "How much of it": "Wie viel davon",
    "All keys at 0": "Alle Keys auf 0",
    "What the photos have in common": "Was den Fotos gemeinsam ist",
    "Corners up, cheeks raised": "Mundwinkel hoch, Wangen gehoben",
    "Corners down, brows together": "Mundwinkel runter, Brauen zusammen",
    "Brows and lids up, jaw down": "Brauen und Lider hoch, Kiefer runter",
    "Brows down, nose wrinkled, lips pressed": "Brauen runter, Nase gerümpft, Lippen gepresst",
    "Inner brows up, corners down": "Brauen innen hoch, Mundwinkel runter",
    "Nose wrinkled, upper lip up": "Nase gerümpft, Oberlippe hoch",
    "Both eyes closed": "Beide Augen zu",
    "The left eye closed": "Das linke Auge zu",
    "As in father": "Wie in englisch father",
    "As in bed": "Wie in englisch bed",
    "As in tip": "Wie in englisch tip",
    "As in go": "Wie in englisch go",
    "As in book": "Wie in englisch book",
    "As in far and van": "Wie in englisch far und van",
    "As in mad, bat and put": "Wie in englisch mad, bat und put",
    "As in thin": "Wie in englisch thin",
    "As in tip and doll": "Wie in englisch tip und doll",
    "As in call and gas": "Wie in englisch call und gas",
    "As in lot and not": "Wie in englisch lot und not",
    "As in red": "Wie in englisch red",
    "As in sir and zeal": "Wie in englisch sir und zeal",
    "As in chair, join and she": "Wie in englisch chair, join und she",
    "Leave the keys that the preset does not move as they are":
        "Die Keys, die die Vorgabe nicht bewegt, lassen, wie sie sind",
    "Set all expression keys of the selected head to those seen in one of its photos":
        "Alle Ausdruckskeys des ausgewählten Kopfes auf die setzen, die auf einem seiner Fotos zu sehen sind",
    "Name of the photo in its result": "Name des Fotos in seinem Ergebnis",
    "Swap the values of the left and the right keys of the selected head":
        "Die Werte der linken und der rechten Keys des ausgewählten Kopfes tauschen",
    "Insert keyframes of all expression keys of the selected head at this frame":
        "Keyframes aller Ausdruckskeys des ausgewählten Kopfes bei diesem Einzelbild einfügen",
    "Animate the selected head by a recording of Live Link Face (CSV with ARKit's names)":
        "Den ausgewählten Kopf nach einer Aufnahme von Live Link Face animieren (CSV mit den Namen von ARKit)",
    "The recording": "Die Aufnahme",
    "Where the recording begins": "Wo die Aufnahme beginnt",
    "Frames a second of the recording; 0: as its timecode tells, or else 60":
        "Bilder pro Sekunde der Aufnahme; 0: wie ihr Timecode sagt, sonst 60",
    "Read the expressions of the person in a video, or in a folder of its frames, in the background, and animate "
    "the selected head by them":
        "Im Hintergrund die Gesichtsausdrücke der Person in einem Video, oder in einem Ordner seiner Bilder, lesen "
        "und den ausgewählten Kopf danach animieren",
    "A video, or a folder of its frames": "Ein Video, oder ein Ordner seiner Bilder",
    "A folder of frames, where no video is given": "Ein Ordner mit Bildern, wo kein Video angegeben ist",
    "Where the animation begins": "Wo die Animation beginnt",
    "Frames a second; 0: the video's own, or 30 for a folder":
        "Bilder pro Sekunde; 0: die des Videos, oder 30 bei einem Ordner",
    "Return when the animation is there; always so without a window":
        "Zurückkehren, wenn die Animation da ist; ohne Fenster immer so",
    "Rename the expression keys of the selected head for another program; drivers and Actions follow":
        "Die Ausdruckskeys des ausgewählten Kopfes für ein anderes Programm umbenennen; Treiber und Actions folgen",
    "How keys are spelled": "Wie Keys geschrieben werden",
    "eyeBlinkLeft: as ARKit, and as Likeness makes them": "eyeBlinkLeft: wie ARKit, und wie Likeness sie macht",
    "EyeBlinkLeft: as Live Link Face and Unreal Engine": "EyeBlinkLeft: wie Live Link Face und Unreal Engine",
    "eyeBlink_L: as ICT-FaceKit and many rigs": "eyeBlink_L: wie ICT-FaceKit und viele Rigs",
    "Check the expression keys of the selected head: whether lips seal, lids close, sides match and every key moves":
        "Die Ausdruckskeys des ausgewählten Kopfes prüfen: ob Lippen und Lider schließen, die Seiten zueinander "
        "passen und jeder Key etwas bewegt",
    "Install the backend into a folder of the extension, or mend what is there: some gigabytes are downloaded. "
    "Nothing is put into Blender's own Python":
        "Das Backend in einen Ordner der Erweiterung installieren, oder reparieren, was da ist: einige Gigabyte "
        "werden heruntergeladen. In Blenders eigenes Python kommt nichts",
    "Return at the end; always so without a window": "Am Ende zurückkehren; ohne Fenster immer so",
    "Install ICT-FaceKit, a head model made from scans of many people (MIT license), downloaded from its authors or "
    "taken from a file":
        "ICT-FaceKit installieren, ein Kopfmodell aus Scans vieler Menschen (MIT-Lizenz), von seinen Autoren "
        "heruntergeladen oder aus einer Datei",
    "The archive or the folder of ICT-FaceKit; empty: downloaded":
        "Das Archiv oder der Ordner von ICT-FaceKit; leer: wird heruntergeladen",
    "Choose a file": "Eine Datei wählen",
    "Stop what is being installed; what is half done is removed":
        "Anhalten, was installiert wird; Halbfertiges wird entfernt",
    "Ask the backend for its version and for what it computes on":
        "Das Backend nach seiner Version fragen, und womit es rechnet",
    "Show the folder with the logs of what was installed": "Den Ordner mit den Protokollen der Installationen zeigen",
    "Read about this panel, in a text editor of Blender; no network is needed":
        "Über dieses Feld nachlesen, in einem Texteditor von Blender (englisch); ein Netz ist nicht nötig",
    "A heading of docs/blender.md; empty: all of it": "Eine Überschrift von docs/blender.md; leer: alles",
    "Show the result folder of the selected head: the mesh, the textures and the report as files":
        "Den Ergebnisordner des ausgewählten Kopfes zeigen: das Mesh, die Texturen und den Bericht als Dateien",
    "Show in colors what the photos have shown (green), what is mirrored from the other side (yellow) and what is "
    "invented (red), in all kinds of shading":
        "In Farben zeigen, was die Fotos gezeigt haben (grün), was von der anderen Seite gespiegelt (gelb) und was "
        "erfunden ist (rot), in jeder Art der Schattierung",
}  # fmt: skip
