# SPDX-License-Identifier: EUPL-1.2
"""Who may open what: every route, every kind of person, as one table.

The exchange is between Fatima and Jan, both of Slaaghwijk, logged by Fatima, and waits. The form is
one that Fatima began. What may not be seen answers 404, as if it were not there.
"""

from __future__ import annotations

import datetime
import re
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests import builders
from tests.appointments.making import agreed
from tests.conftest import Clock
from tests.suggestions.making import likes, looks_for, said_yes, without_email
from tests.web import roads
from tests.web.roads import see, sign_in, visitor
from tests.web.screens import without_tokens
from timebank.concerns.operations import RaiseConcern, raise_concern
from timebank.extensions import db
from timebank.members.models import RoleGrant
from timebank.members.operations import end_role, grant_role
from timebank.members.policy import Role
from timebank.needs.operations import Asked, ask_need
from timebank.referrals.operations import ask_referral

PEOPLE = (
    *("nobody", "Fatima", "Jan", "Greet", "Nadia", "Marijke", "Bart", "Annelies", "Henk"),
    *("Gijs", "Petra", "Gerda", "Hanna", "Karel"),
)
"""Gijs was a guest coordinator of Slaaghwijk until yesterday, Petra is a professional; of the other
timebank Gerda coordinates, Hanna administers and Karel reads for the municipality. Who is the only
administrator cannot leave."""
ENDS_A_SESSION = ("/sign-", "/second-step", "/my-devices", "/colleagues", "/my-data", "/language")
"""After these the browser of the table is not as it was: the next row gets a fresh one."""
# fmt: off
TABLE = """
                                            nobody Fatima Jan Greet Nadia Marijke Bart Annelies Henk Gijs Petra Gerda Hanna Karel
GET  /                                         200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /health                                   200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /sign-in                                  200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /sign-in/code                             303    303 303   303   303     303  303      303  303  303   303   303   303   303
GET  /sign-in/letter                           200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /sign-in/oidc/back                        404    404 404   404   404     404  404      404  404  404   404   404   404   404
GET  /second-step                              303    303 303   303   303     303  303      303  303  303   303   303   303   303
GET  /second-step/new                          303    303 303   303   303     303  303      303  303  303   303   303   303   303
GET  /my-devices                               303    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /colleagues                               303    403 403   403   200     200  200      403  403  403   403   200   200   403
GET  /sign-in/leiden/TOKEN                     200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /timebanks/leiden                         200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /timebanks/leiden/privacy                 200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /privacy                                  200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /accessibility                            200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /.well-known/security.txt                 404    404 404   404   404     404  404      404  404  404   404   404   404   404
GET  /static/css/timebank.css                  200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /theme.css                                404    404 404   404   404     404  404      404  404  404   404   404   404   404
GET  /exchanges/new/gave                       303    303 303   303   303     303  303      403  303  303   403   303   403   403
GET  FORM/other                                303    200 200   200   200     200  200      403  200  200   403   200   200   403
GET  FORM/check                                303    200 303   303   303     303  303      403  303  303   403   303   303   403
GET  FORM/refer                                303    303 303   303   303     303  303      403  303  303   403   303   303   403
GET  /service-worker/nl.js                     200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /offline/nl                               200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /exchanges/queued/known                   200    200 200   200   200     200  200      200  200  200   200   200   200   200
POST /exchanges/queued                         401    400 400   400   400     400  400      403  400  400   403   400   403   403
GET  /my-hours                                 303    200 200   200   200     200  200      403  200  200   403   200   403   403
GET  /neighbourhoods                           303    403 403   403   200     200  200      403  403  403   403   200   200   403
GET  /neighbourhoods/balances                  303    403 403   403   200     200  200      403  403  403   403   200   200   403
GET  /neighbourhoods/flows                     303    403 403   403   200     200  200      403  403  403   403   200   200   403
GET  /neighbourhoods/indicators                303    403 403   403   200     200  200      403  403  403   403   200   200   403
GET  /neighbourhoods/lines                     303    403 403   403   200     200  200      403  403  403   403   200   200   403
GET  /staff-hours                              303    403 403   403   200     200  200      403  403  403   403   200   200   403
POST /staff-hours                              303    403 403   403   422     422  422      403  403  403   403   422   422   403
POST /staff-hours/ID/take-back                 303    403 403   403   404     404  404      403  403  403   403   404   404   403
GET  /months                                   303    403 403   403   403     403  200      403  403  403   403   403   200   403
GET  /months/2020-01                           303    403 403   403   403     403  404      403  403  403   403   403   404   403
GET  /months/2020-01/report.json               303    403 403   403   403     403  404      403  403  403   403   403   404   403
GET  /timebanks/leiden/neighbourhoods/BU05460800        200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /timebanks/leiden/neighbourhoods/BU05460800/flyer  200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /timebanks/leiden/years/2025                       200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /timebanks/leiden/figures.csv                      200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /municipality                             303    404 404   404   303     303  303      303  404  404   404   303   303   303
GET  /municipality/GM0546                      303    404 404   404   200     200  200      200  404  404   404   404   404   404
GET  /report                                   303    404 404   404   200     200  200      200  404  404   404   200   200   200
GET  /report.pdf                               303    404 404   404   200     200  200      200  404  404   404   200   200   200
GET  /figures/about                            200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /desk                                     303    403 403   403   200     200  200      403  403  403   403   200   200   403
GET  /files                                    303    403 403   403   200     200  200      403  403  403   403   200   200   403
POST /files                                    303    403 403   403   422     422  422      403  403  403   403   422   422   403
GET  /files/ID                                 303    403 403   403   404     404  404      403  403  403   403   404   404   403
GET  /files/ID/verdicts.csv                    303    403 403   403   404     404  404      403  403  403   403   404   404   403
POST /files/ID/book                            303    403 403   403   404     404  404      403  403  403   403   404   404   403
POST /files/ID/drop                            303    403 403   403   404     404  404      403  403  403   403   404   404   403
POST /files/exchanges/csv                      303    403 403   403   200     200  200      403  403  403   403   200   200   403
GET  /exchanges/ID                             303    200 200   404   200     404  200      404  404  404   404   404   404   404
GET  /my-data                                  303    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /my-data.json                             303    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /my-data/details                          303    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /my-data/pause                            303    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /my-data/leave                            303    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /left                                     200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /address/leiden/TOKEN                     200    200 200   200   200     200  200      200  200  200   200   200   200   200
GET  /audit                                    303    403 403   403   403     403  200      403  403  403   403   403   200   403
GET  /erase/GREET                              303    404 404   404   404     404  200      404  404  404   404   404   404   404
GET  /notes/GREET                              303    404 404   404   404     200  200      404  404  404   404   404   404   404
POST /my-data/details                          303    422 422   422   422     422  422      422  422  422   422   422   422   422
POST /my-data/pause                            303    422 422   422   422     422  422      422  422  422   422   422   422   422
POST /my-data/come-back                        303    303 303   303   303     303  303      303  303  303   303   303   303   303
POST /address/leiden/TOKEN                     410    410 410   410   410     410  410      410  410  410   410   410   410   410
POST /notes/GREET                              303    404 404   404   404     422  404      404  404  404   404   404   404   404
POST /notes/GREET/read                         303    404 404   404   404     200  422      404  404  404   404   404   404   404
POST /erase/SOMEBODY                           303    404 404   404   404     404  303      404  404  404   404   404   404   404
POST FORM/note                                 303    303 404   404   404     404  404      403  303  404   403   303   303   403
POST FORM/check                                303    303 303   303   303     303  303      403  303  303   403   303   303   403
POST FORM/stop                                 303    303 303   303   303     303  303      403  303  303   403   303   303   403
POST /exchanges/ID/withdraw                    303    303 404   404   404     404  404      403  404  404   403   404   404   403
POST /desk/ID/approve                          303    403 403   403   303     404  303      403  403  403   403   404   404   403
POST /desk/ID/reject                           303    403 403   403   422     404  422      403  403  403   403   404   404   403
GET  /desk/ID                                  303    403    403 403   200   404     200  403      403  403  403   404   404   403
POST /desk/ID/return                           303    403    403 403   422   404     422  403      403  403  403   404   404   403
POST /desk/ID/ask                              303    403    403 403   422   404     422  403      403  403  403   404   404   403
POST /desk/ID/answer                           303    403    403 403   422   404     422  403      403  403  403   404   404   403
POST /desk/ID/checked                          303    403    403 403   303   404     303  403      403  403  403   404   404   403
POST /desk/together                            303    403    403 403   303   303     303  403      403  403  403   303   303   403
POST /desk/undo/ID                             303    403    403 403   303   303     303  403      403  403  403   303   303   403
POST /exchanges/ID/confirm                     303    303    303 404   404   404     404  404      404  404  404   404   404   404
POST /exchanges/ID/answer                      303    422 409   404   409     404  409      404  404  404   404   404   404   404
POST /exchanges/ID/again                       303    404    404 404   404   404     404  403      404  404  403   404   404   403
GET  /rules                                    303    403    403 403   200   200     200  403      403  403  403   200   200   403
GET  /rules/BU05460800                         303    403    403 403   403   403     200  403      403  403  403   403   404   403
POST /rules/BU05460800                         303    403    403 403   403   403     422  403      403  403  403   403   404   403
GET  /exchanges/ID/not-right                303    200    200 404   404   404     404  403      404  404  403   404   404   403
POST /exchanges/ID/not-right                303    422    422 404   404   404     404  403      404  404  403   404   404   403
POST /exchanges/ID/look-again               303    403    403 403   303   404     303  403      403  403  403   404   404   403
GET  /exchanges/ID/amend                    303    403    403 403   200   404     200  403      403  403  403   404   404   403
POST /exchanges/ID/amend/stands             303    403    403 403   303   404     303  403      403  403  403   404   404   403
POST /exchanges/ID/amend/take-back          303    403    403 403   303   404     303  403      403  403  403   404   404   403
POST /exchanges/ID/amend/kind               303    403    403 403   422   404     422  403      403  403  403   404   404   403
POST /exchanges/ID/amend/correct            303    403    403 403   422   404     422  403      403  403  403   404   404   403
POST /exchanges/ID/thanks                   303    404    409 404   404   404     404  403      404  404  403   404   404   403
POST /exchanges/ID/thanks/show              303    403    403 403   303   404     303  403      403  403  403   404   404   403
GET  /activities                            303    403    403 403   200   200     200  403      403  403  403   200   200   403
GET  /activities/new                        303    403    403 403   200   200     200  403      403  403  403   200   200   403
POST /activities                            303    403    403 403   422   422     422  403      403  403  403   422   422   403
GET  /activities/ID                         303    404    404 404   404   404     404  404      404  404  404   404   404   404
GET  /appointments                             303 200   200   200   200   200   200   403   200   200   403   200   200   403
GET  /appointments/counts                      303 403   403   403   200   200   200   403   403   403   403   200   200   403
GET  /appointments/new/gave                    303 200   200   200   200   200   200   403   200   200   403   200   403   403
POST /appointments/new/gave                    303 422   422   422   422   422   422   403   422   422   403   422   422   403
POST /appointments/for/JAN/gave                303 404   404   404   200   404   200   404   404   404   404   404   404   404
GET  /appointments/AGREED                      303 200   200   404   200   404   200   403   404   404   403   404   404   403
GET  /appointments/AGREED/move                 303 200   200   404   200   404   200   403   404   404   403   404   404   403
POST /appointments/AGREED/move                 303 422   422   404   422   404   422   403   404   404   403   404   404   403
POST /appointments/AGREED/kept                 303 303   303   404   303   404   303   403   404   404   403   404   404   403
POST /appointments/AGREED/not-kept             303 303   303   404   303   404   303   403   404   404   403   404   404   403
POST /appointments/AGREED/call-off             303 303   303   404   303   404   303   403   404   404   403   404   404   403
GET  /suggestions                              303 200   200   200   200   200   200   403   200   200   403   200   403   403
POST /suggestions/shown                        303 204   204   204   204   204   204   403   204   204   403   204   403   403
POST /suggestions/rest/give/no                 303 303   303   303   303   303   303   403   303   303   403   303   403   403
GET  /suggestions/WISH                         303 200   404   404   404   404   404   403   404   404   403   404   403   403
GET  /suggestions/WISH/no                      303 200   404   404   404   404   404   403   404   404   403   404   403   403
POST /suggestions/WISH/later                   303 303   404   404   404   404   404   403   404   404   403   404   403   403
GET  /my-needs/OFFER/helper                    303 404   200   404   404   404   404   403   404   404   403   404   403   403
POST /my-needs/OFFER/helper/no                 303 404   303   404   404   404   404   403   404   404   403   404   403   403
GET  /worklist                                 303 404   404   404   200   200   200   404   404   404   404   200   200   404
GET  /worklist/needs/WISH                      303 404   404   404   200   404   200   404   404   404   404   404   404   404
POST /worklist/needs/WISH/ask                  303 404   404   404   422   404   422   404   404   404   404   404   404   404
POST /worklist/needs/WISH/giver/ID/no          303 404   404   404   404   404   404   404   404   404   404   404   404   404
GET  /worklist/needs/OFFER/helper              303 404   404   404   404   404   404   404   404   404   404   404   404   404
POST /worklist/needs/OFFER/helper/no           303 404   404   404   404   404   404   404   404   404   404   404   404   404
GET  /concerns/new                             303    200 200   200   200     200  200      403  200  200   403   200   403   403
GET  /concerns/new/ID                          303    200 200   404   404     404  404      403  404  404   403   404   403   403
GET  /concerns/received                        303    200 200   200   200     200  200      403  200  200   403   200   403   403
GET  /concerns                                 303    404 404   404   200     200  200      404  404  404   404   200   200   404
GET  /concerns/CONCERN                         303    404 404   404   200     404  404      404  404  404   404   404   404   404
POST /concerns/new                             303    422 422   422   422     422  422      403  422  422   403   422   403   403
POST /concerns/new/ID                          303    422 422   404   404     404  404      403  404  404   403   404   403   403
POST /concerns/CONCERN/read                    303    404 404   404   200     404  404      404  404  404   404   404   404   404
POST /concerns/CONCERN/take-up                 303    404 404   404   303     404  404      404  404  404   404   404   404   404
POST /concerns/CONCERN/close                   303    404 404   404   422     404  404      404  404  404   404   404   404   404
GET  /referrals                                303    404 404   404   200     200  200      404  404  404   404   200   200   404
GET  /referrals/asked                          303    200 200   200   200     200  200      403  200  200   403   200   200   403
GET  /referrals/REFERRAL                       303    404 404   404   200     404  200      404  404  404   404   404   404   404
POST /referrals/ask/SOMEBODY                   303    404 404   404   404     404  404      403  404  404   403   404   404   403
POST /referrals/new/JAN                        303    404 404   404   303     404  303      404  404  404   404   404   404   404
POST /referrals/REFERRAL/hand-over             303    404 404   404   422     404  422      404  404  404   404   404   404   404
POST /referrals/REFERRAL/outcome               303    404 404   404   422     404  422      404  404  404   404   404   404   404
GET  /exceptions                               303    404 404   404   200     200  200      404  404  404   404   200   200   404
POST /exceptions/allow                         303    404 404   404   422     422  422      404  404  404   404   422   422   404
POST /people/JAN/checks                        303    404 404   404   422     404  422      404  404  404   404   404   404   404
GET  /my-talents                               303    200 200 200   200   200     200  403      200  200  403   200   403   403
POST /my-talents                               303    303 303 303   303   303     303  403      303  303  403   303   403   403
POST /my-talents/coffee/yes                    303    303 303 303   303   303     303  403      303  303  403   303   403   403
GET  /my-times                                 303    200 200 200   200   200     200  403      200  200  403   200   403   403
POST /my-times                                 303    422 422 422   422   422     422  403      422  422  403   422   403   403
POST /my-times/avoid                           303    422 422 422   422   422     422  403      422  422  403   422   403   403
POST /my-times/avoid/JAN/end                   303    303 303 303   303   303     303  403      303  303  403   303   403   403
GET  /my-needs                                 303    200 200 200   200   200     200  403      200  200  403   200   403   403
GET  /my-needs/new                             303    200 200 200   200   200     200  403      200  200  403   200   403   403
POST /my-needs                                 303    422 422 422   422   422     422  403      422  422  403   422   403   403
POST /my-needs/suggestions                     401    200 200 200   200   200     200  403      200  200  403   200   403   403
GET  /my-needs/NEED                            303    404 200 404   404   404     404  403      404  404  403   404   403   403
GET  /my-needs/NEED/change                     303    404 200 404   404   404     404  403      404  404  403   404   403   403
POST /my-needs/NEED/change                     303    404 422 404   404   404     404  403      404  404  403   404   403   403
POST /my-needs/NEED/kind                       303    404 422 404   404   404     404  403      404  404  403   404   403   403
POST /my-needs/NEED/end                        303    404 422 404   404   404     404  403      404  404  403   404   403   403
GET  /needs                                    303    404 404 404   200   200     200  404      404  404  404   200   200   404
GET  /needs/NEED                               303    404 404 404   200   404     200  404      404  404  404   404   404   404
POST /needs/NEED                               303    404 404 404   303   404     303  404      404  404  404   404   404   404
POST /needs/NEED/end                           303    404 404 404   422   404     422  404      404  404  404   404   404   404
GET  /people/JAN/need                          303    404 404 404   200   404     200  404      404  404  404   404   404   404
POST /people/JAN/need                          303    404 404 404   422   404     422  404      404  404  404   404   404   404
GET  /people/JAN/talk                          303    404 404 404   200   404     200  404      404  404  404   404   404   404
POST /people/JAN/talk                          303    404 404 404   422   404     422  404      404  404  404   404   404   404
POST /people/JAN/talk/coffee/yes               303    404 404 404   404   404     404  404      404  404  404   404   404   404
POST /people/JAN/talk/coffee/end               303    404 404 404   404   404     404  404      404  404  404   404   404   404
GET  /people/QUIET/times                       303    404 404 404   200   404     200  404      404  404  404   404   404   404
POST /people/QUIET/times                       303    404 404 404   422   404     422  404      404  404  404   404   404   404
POST /people/QUIET/times/pause                 303    404 404 404   422   404     422  404      404  404  404   404   404   404
POST /people/QUIET/times/come-back             303    404 404 404   303   404     303  404      404  404  404   404   404   404
GET  /kinds                                    303    403 403 403   403   403     200  403      403  403  403   403   200   403
POST /kinds                                    303    403 403 403   403   403     303  403      403  403  403   403   303   403
GET  /people                                   303    404 404   404   200     200  200      404  404  404   404   200   200   404
POST /people/search                            303    404 404   404   200     200  200      404  404  404   404   200   200   404
GET  /people/new                               303    404 404   404   200     200  200      404  404  404   404   200   200   404
POST /people/new/enrol                         303    404 404   404   422     422  422      404  404  404   404   422   422   404
GET  /people/JAN                               303    404 404   404   200     404  200      404  404  404   404   404   404   404
GET  /people/JAN/letter                        303    404 404   404   200     404  200      404  404  404   404   404   404   404
POST /people/JAN/letter                        303    404 404   404   200     404  200      404  404  404   404   404   404   404
POST /people/JAN/support                       303    404 404   404   422     404  422      404  404  404   404   404   404   404
POST /people/JAN/stand-ins                     303    404 404   404   422     404  422      404  404  404   404   404   404   404
POST /people/JAN/stand-ins/ID/end              303    404 404   404   404     404  404      404  404  404   404   404   404   404
GET  /people/JAN/roles                         303    404 404   404   404     404  200      404  404  404   404   404   404   404
POST /people/JAN/roles/give                    303    404 404   404   404     404  422      404  404  404   404   404   404   404
POST /people/JAN/roles/ID/remove               303    404 404   404   404     404  404      404  404  404   404   404   404   404
POST /people/applications/ID/accept            303    404 404   404   404     404  404      404  404  404   404   404   404   404
POST /people/applications/ID/decline           303    404 404   404   404     404  404      404  404  404   404   404   404   404
POST /people/applications/ID/told              303    404 404   404   404     404  404      404  404  404   404   404   404   404
POST /people/calls/ID/done                     303    404 404   404   404     404  404      404  404  404   404   404   404   404
POST /acting/JAN/gave                          303    404 404   404   303     404  303      404  404  404   404   404   404   404
GET  /my-helpers                               303    200 200   200   200     200  200      403  200  200   403   200   403   403
POST /my-helpers/appoint                       303    422 422   422   422     422  422      403  422  422   403   422   403   403
POST /my-helpers/ID/end                        303    404 404   404   404     404  404      403  404  404   403   404   403   403
POST /my-helpers/professionals/JAN/consent     303    404 404   404   404     404  404      403  404  404   403   404   403   403
POST /my-helpers/professionals/JAN/withdraw    303    303 303   303   303     303  303      403  303  303   403   303   403   403
GET  /my-people                                303    404 404   404   404     404  404      404  404  404   200   404   404   404
GET  /join/leiden                              404    404 404   404   404     404  404      404  404  404   404   404   404   404
GET  /join/leiden/sent                         404    404 404   404   404     404  404      404  404  404   404   404   404   404
POST /join/leiden/send                         404    404 404   404   404     404  404      404  404  404   404   404   404   404
GET  /paper                                    303    403 403   403   200     200  200      403  403  403   403   200   200   403
GET  /paper/stack                              303    403 403   403   200     200  200      403  403  403   403   200   200   403
GET  /paper/stack/day                          303    403 403   403   200     200  200      403  403  403   403   200   200   403
GET  /paper/sheets/7                           303    403 403   403   404     404  404      403  403  403   403   404   404   403
GET  /paper/letters/ID                         303    403 403   403   404     404  404      403  403  403   403   404   404   403
GET  /slip/7X                                  303    404 404   404   404     404  404      403  404  404   403   404   403   403
POST /paper/sheets                             303    403 403   403   422     422  422      403  403  403   403   422   422   403
POST /paper/letters                            303    403 403   403   404     404  404      403  403  403   403   404   404   403
POST /paper/stack/type                         303    403 403   403   422     422  422      403  403  403   403   422   422   403
POST /paper/stack/ID/undo                      303    403 403   403   404     404  404      403  403  403   403   404   404   403
POST /slip/7X/gave                             303    303 303   303   303     303  303      403  303  303   403   303   403   403
POST /language                                 303    303 303   303   303     303  303      303  303  303   303   303   303   303
POST /sign-in                                  422    422 422   422   422     422  422      422  422  422   422   422   422   422
POST /sign-in/code                             303    303 303   303   303     303  303      303  303  303   303   303   303   303
POST /sign-in/letter                           422    422 422   422   422     422  422      422  422  422   422   422   422   422
POST /sign-in/oidc                             404    404 404   404   404     404  404      404  404  404   404   404   404   404
POST /second-step                              303    303 303   303   303     303  303      303  303  303   303   303   303   303
POST /second-step/new                          303    303 303   303   303     303  303      303  303  303   303   303   303   303
POST /my-devices/ID/end                        303    404 404   404   404     404  404      404  404  404   404   404   404   404
POST /my-devices/end-others                    303    303 303   303   303     303  303      303  303  303   303   303   303   303
POST /colleagues/ID/reset                      303    403 403   403   422     422  422      403  403  403   403   422   422   403
POST /sign-in/demo                             404    404 404   404   404     404  404      404  404  404   404   404   404   404
POST /sign-in/leiden/TOKEN                     410    410 410   410   410     410  410      410  410  410   410   410   410   410
POST /sign-out                                 303    303 303   303   303     303  303      303  303  303   303   303   303   303
POST /my-data/leave                            303    303 303   303   303     303  400      303  303  303   303   303   400   303
"""
# fmt: on


def rows() -> list[tuple[str, str, dict[str, int]]]:
    head, *lines = TABLE.strip().splitlines()
    assert tuple(head.split()) == PEOPLE
    cells = [line.split() for line in lines]
    return [
        (method, address, dict(zip(PEOPLE, map(int, statuses), strict=True)))
        for method, address, *statuses in cells
    ]


@pytest.mark.parametrize(
    ("person", "templates"),
    [(person, "sqlite") for person in PEOPLE]
    + [(person, "postgresql") for person in ("nobody", "Fatima", "Nadia", "Gerda")],
    indirect=["templates"],
)
def test_everyone_gets_what_the_table_says(app: Flask, person: str) -> None:
    """On PostgreSQL one of each reach: who may what is worked out before a database is asked."""
    found = {}
    expected = {}
    jan, greet = roads.member_id(app, "Jan"), roads.member_id(app, "Greet")
    somebody, quiet = somebody_who_may_be_erased(app), somebody_without_email(app)
    let_guests_come(app)
    exchange_id, key = standing_exchange_and_form(app)
    browser = None
    for method, address, statuses in rows():
        if "ID" in address or "FORM" in address:
            exchange_id, key = standing_exchange_and_form(app)
        if browser is None:
            browser = visitor(app) if person == "nobody" else sign_in(app, person)
        path = address.replace("FORM", f"/exchanges/new/gave/{key}").replace("ID", str(exchange_id))
        path = path.replace("JAN", str(jan)).replace("GREET", str(greet))
        path = path.replace("SOMEBODY", str(somebody)).replace("QUIET", str(quiet))
        path = with_what_waits(app, path)
        response = browser.open(path, method=method, buffered=True)
        if address.startswith(ENDS_A_SESSION):
            browser = None

        found[method, address] = response.status_code
        expected[method, address] = statuses[person]
        if statuses[person] in (403, 404):
            assert "van den Berg" not in response.text
        if person == "nobody" and statuses[person] == 303 and not public(address):
            assert response.headers["Location"].startswith("/sign-in?next=/")

    assert found == expected


def public(address: str) -> bool:
    return address in (
        "/language",
        "/sign-out",
        "/sign-in/code",
        "/second-step",
        "/second-step/new",
    )


def standing_exchange_and_form(app: Flask) -> tuple[uuid.UUID, uuid.UUID]:
    """Make a fresh exchange and a fresh form, faster than through the pages."""
    with app.app_context():
        exchange_id = builders.logged(db.session)
        db.session.commit()
    return exchange_id, the_form(app)


def let_guests_come(app: Flask) -> None:
    """Enrol those of the table who live in no other test."""
    yesterday = builders.TODAY - datetime.timedelta(days=1)
    with app.app_context():
        session, long_ago = db.session, {"starts_on": builders.FOUNDED_ON, "now": builders.NOW}
        leiden, holten = (builders.timebank_of(session, slug) for slug in ("leiden", "holten"))
        gijs = builders.a_member(session, leiden, "Gijs", "Gast", builders.ZIJLWIJK)
        guest = {"neighbourhood_code": builders.SLAAGHWIJK, "ends_on": yesterday}
        grant_role(session, gijs, Role.COORDINATOR, **long_ago, **guest)  # type: ignore[arg-type]
        for timebank, name, role in (
            (leiden, "Petra", Role.PROFESSIONAL),
            (holten, "Hanna", Role.ADMINISTRATOR),
            (holten, "Karel", Role.MUNICIPALITY_READER),
        ):
            member = builders.a_member(session, timebank, name, "van Elders", None)
            grant_role(session, member, role, **long_ago)  # type: ignore[arg-type]
        session.commit()


def with_what_waits(app: Flask, path: str) -> str:
    """Make a fresh worry of Fatima about Jan, what Jan waits for, or an appointment of both for
    today, where the address names one.
    """
    if not any(word in path for word in ("CONCERN", "REFERRAL", "AGREED", "NEED", "WISH", "OFFER")):
        return path
    number = uuid.uuid4()
    with app.app_context():
        session, now = db.session, builders.NOW
        fatima, jan = (builders.actor_of(session, name) for name in ("Fatima", "Jan"))
        assert jan.member_id is not None
        if "CONCERN" in path:
            worry = RaiseConcern(number, builders.logged(session), "He did not eat")
            number = raise_concern(session, worry, by=fatima, now=now)
        elif "AGREED" in path:
            number = agreed(session, happens_on=builders.TODAY)
        elif "WISH" in path or "OFFER" in path:
            likes(session)
            number = looks_for(session)
            if "OFFER" in path:
                said_yes(session, number)
        elif "NEED" in path:
            ask_need(session, number, Asked("My lawn"), about=jan.member_id, by=jan, now=now)
        else:
            ask_referral(session, number, about=jan.member_id, by=jan, now=now)
        session.commit()
    for word in ("CONCERN", "REFERRAL", "AGREED", "NEED", "WISH", "OFFER"):
        path = path.replace(word, str(number))
    return path


def somebody_who_may_be_erased(app: Flask) -> uuid.UUID:
    with app.app_context():
        member = builders.a_member(db.session, builders.timebank_of(db.session))
        db.session.commit()
        return member.id


def somebody_without_email(app: Flask) -> uuid.UUID:
    with app.app_context():
        member = builders.a_member(db.session, builders.timebank_of(db.session), "Riet")
        without_email(db.session, "Riet")
        db.session.commit()
        return member.id


def the_form(app: Flask) -> uuid.UUID:
    key = uuid.uuid4()
    table = db.metadata.tables["exchange_draft"]
    with app.app_context():
        fatima = builders.member_of(db.session, "Fatima")
        jan = builders.member_of(db.session, "Jan")
        answers = {name: text for step in roads.ANSWERS.values() for name, text in step.items()}
        answers |= {"other": str(jan.id), "other_text": "", "side": "gave"}
        db.session.execute(
            sa.insert(table).values(
                timebank_id=fatima.timebank_id,
                form_key=key,
                member_id=fatima.id,
                answers=answers,
                saved_at=builders.NOW,
            )
        )
        db.session.commit()
    return key


def test_the_table_names_every_route(sqlite_app: Flask) -> None:
    adapter = sqlite_app.url_map.bind("localhost")
    a_uuid = str(uuid.UUID(int=1))
    named = {
        adapter.match(
            re.sub(
                "ID|JAN|GREET|QUIET|SOMEBODY|CONCERN|REFERRAL|AGREED|NEED|WISH|OFFER",
                a_uuid,
                address.replace("FORM", "/exchanges/new/gave/ID"),
            ),
            method=method,
        )[0]
        for method, address, _ in rows()
    }

    assert named == set(sqlite_app.view_functions)


@pytest.mark.policy("D15")
def test_a_coordinator_elsewhere_gets_404_as_if_it_were_not_there(app: Flask) -> None:
    exchange_id = roads.log_help(sign_in(app, "Fatima"), note={"note": "two bags"})
    missing = uuid.uuid4()

    for name in ("Marijke", "Gerda"):
        browser = sign_in(app, name)
        for method, address in (("GET", "/exchanges/{}"), ("POST", "/desk/{}/approve")):
            there = browser.open(address.format(exchange_id), method=method)
            not_there = browser.open(address.format(missing), method=method)
            assert there.status_code == not_there.status_code == 404
            pages = [
                without_tokens(answer.text).replace(str(which), "")
                for answer, which in ((there, exchange_id), (not_there, missing))
            ]
            assert pages[0] == pages[1]
    assert roads.row_counts(app)["ledger_entry"] == 0


@pytest.mark.policy("D16")
def test_a_municipality_reader_gets_no_page_about_a_person(app: Flask) -> None:
    exchange_id = roads.log_help(sign_in(app, "Fatima"))
    annelies = sign_in(app, "Annelies")

    answers = [
        annelies.get(f"/exchanges/{exchange_id}"),
        annelies.get(f"/people/{roads.member_id(app, 'Fatima')}"),
        annelies.get("/people"),
        annelies.get("/my-hours"),
        annelies.get("/desk"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 403, 403]
    assert not any("El Amrani" in answer.text for answer in answers)
    figures = see(annelies, "/timebanks/leiden")
    assert "El Amrani" not in figures.text


@pytest.mark.policy("L17")
@pytest.mark.parametrize("role", ["helper", "helped"])
def test_nobody_decides_about_an_exchange_of_their_own(app: Flask, role: str) -> None:
    nadia = sign_in(app, "Nadia", "en")
    side = "gave" if role == "helper" else "received"
    exchange_id = roads.log_help(nadia, side)

    desk = see(nadia, "/desk")
    approved = nadia.post(f"/desk/{exchange_id}/approve")
    rejected = nadia.post(f"/desk/{exchange_id}/reject", data={"reason": "wrong_person"})

    assert "Somebody else must check it." in desk.text
    assert f"own-{exchange_id}" in desk.ids
    assert not [form for form in desk.all("form") if str(exchange_id) in form["action"]]
    assert approved.status_code == rejected.status_code == 403
    assert "Somebody else must check it." in approved.text
    assert see(nadia, f"/exchanges/{exchange_id}").of_class("tb-badge--submitted")
    assert roads.row_counts(app)["ledger_entry"] == 0


def test_a_role_that_ended_yesterday_opens_nothing_on_the_very_next_request(
    app: Flask, clock: Clock
) -> None:
    exchange_id = roads.log_help(sign_in(app, "Fatima"))
    nadia = sign_in(app, "Nadia")
    before = status_of_the_desk(nadia)

    with app.app_context():
        nadia_id = builders.member_of(db.session, "Nadia").id
        grant = db.session.scalars(
            sa.select(RoleGrant).where(
                RoleGrant.member_id == nadia_id, RoleGrant.role == Role.COORDINATOR
            )
        ).one()
        end_role(db.session, grant, ends_on=clock.now().date())
        db.session.commit()
    last_day = status_of_the_desk(nadia)
    clock.moment += datetime.timedelta(days=1)

    assert (before, last_day, status_of_the_desk(nadia)) == (200, 200, 403)
    assert nadia.post(f"/desk/{exchange_id}/approve").status_code == 403
    assert nadia.get(f"/exchanges/{exchange_id}").status_code == 404


def status_of_the_desk(browser: FlaskClient) -> int:
    return browser.get("/desk").status_code
