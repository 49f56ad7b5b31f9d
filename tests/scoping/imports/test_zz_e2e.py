import csv, pytest
from scoping.models import *
from tests.scoping.imports.conftest import ask, SHARED, maven_arguments
from scoping.stays import differences
@pytest.mark.django_db
@pytest.mark.parametrize("first", ["issues","deals"])
def test_e2e(first):
    d=SHARED/"data"
    a=("import_issues", d/"derived/gitlab_issues_export_18_4.csv.gz", d/"derived/gitlab_api_resource_label_events.ndjson.gz")
    b=("import_opportunities", d/"crm_maven/sales_pipeline.csv", *maven_arguments(d))
    for w in ((a,b) if first=="issues" else (b,a)):
        s,r=ask(*w); print(s,{k:v for k,v in r.items() if k!="problems"}, [p for p in r["problems"] if p["verdict"]!="warn"][:3])
        print({p["reason"][:40] for p in r["problems"]})
    x={int(r["iid"]):r["opportunity_id"] for r in csv.DictReader((d/"derived/crosswalk_iid_to_opportunity.csv").open())}
    got={i.iid:(i.issue.opportunity.external_id if i.issue.opportunity else None) for i in Imported.objects.select_related("issue__opportunity")}
    assert got==x, [(k,got[k],x[k]) for k in x if got[k]!=x[k]][:5]
    print(ask("win_rate")[1]["total"], ask("win_rate","--by","office")[1]["rows"], differences())
    for w in (a,b):
        s,r=ask(*w); print(s,{k:v for k,v in r.items() if k!="problems"})
    from emdesk.people.models import User
    print(User.objects.count(), Account.objects.count(), ask("win_rate","--by","segment","--basis","opportunities")[1]["rows"][:3])
