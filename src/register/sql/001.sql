-- The register, first form. Described in docs/formats/registre.md; a later form is a new file, this one never changes.

CREATE TABLE registre (
    un INTEGER PRIMARY KEY CHECK (un = 1),
    identite TEXT NOT NULL,
    cree TEXT NOT NULL
) STRICT;

CREATE TABLE evenement (
    numero INTEGER PRIMARY KEY,
    enregistre TEXT NOT NULL,
    agent TEXT NOT NULL,
    contrat TEXT,
    version INTEGER,
    jour TEXT,
    nature TEXT NOT NULL,
    details TEXT,
    force TEXT,
    precedent TEXT NOT NULL,
    empreinte TEXT NOT NULL
) STRICT;

CREATE TABLE piece (
    evenement INTEGER NOT NULL REFERENCES evenement (numero),
    rang INTEGER NOT NULL,
    nom TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    taille INTEGER NOT NULL,
    PRIMARY KEY (evenement, rang)
) STRICT, WITHOUT ROWID;

CREATE INDEX evenement_contrat ON evenement (contrat, numero);

-- What is written stays: nothing is changed, nothing is removed, and an event comes after the last one.
-- The conditions on INSERT also stop `INSERT OR REPLACE`, which removes rows without asking the triggers on DELETE.

CREATE TRIGGER registre_insert BEFORE INSERT ON registre WHEN EXISTS (SELECT 1 FROM registre)
BEGIN SELECT raise(ABORT, 'the register has its identity'); END;

CREATE TRIGGER registre_update BEFORE UPDATE ON registre
BEGIN SELECT raise(ABORT, 'the register is append-only'); END;

CREATE TRIGGER registre_delete BEFORE DELETE ON registre
BEGIN SELECT raise(ABORT, 'the register is append-only'); END;

CREATE TRIGGER evenement_insert BEFORE INSERT ON evenement
WHEN NEW.numero IS NOT (SELECT coalesce(max(numero), 0) + 1 FROM evenement)
BEGIN SELECT raise(ABORT, 'an event comes after the last one'); END;

CREATE TRIGGER evenement_update BEFORE UPDATE ON evenement
BEGIN SELECT raise(ABORT, 'the register is append-only'); END;

CREATE TRIGGER evenement_delete BEFORE DELETE ON evenement
BEGIN SELECT raise(ABORT, 'the register is append-only'); END;

CREATE TRIGGER piece_insert BEFORE INSERT ON piece
WHEN NEW.evenement IS NOT (SELECT max(numero) FROM evenement)
    OR NEW.rang IS NOT (SELECT count(*) + 1 FROM piece WHERE evenement = NEW.evenement)
BEGIN SELECT raise(ABORT, 'a piece belongs to the event being written'); END;

CREATE TRIGGER piece_update BEFORE UPDATE ON piece
BEGIN SELECT raise(ABORT, 'the register is append-only'); END;

CREATE TRIGGER piece_delete BEFORE DELETE ON piece
BEGIN SELECT raise(ABORT, 'the register is append-only'); END;
