using System.Collections.Immutable;
using ReproGate.Facts;
using ReproGate.Facts.Feeds;
using ReproGate.Gates.Packages;
using ReproGate.Gates.Packages.Names;
using ReproGate.Reports;

namespace ReproGate.Core.Tests.Gates.Packages;

/// <summary>RGATE2101–2106 and RGATE0090 for the feeds: from what was learned to findings.</summary>
public sealed class FeedRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);
    private static readonly SourceLocation At = new("/repo/App/App.csproj", 4, 5);
    private static readonly SourceLocation VersionAt = new("/repo/Directory.Packages.props", 9, 40);
    private static readonly CooldownPolicy Week = new(7, Now);
    private static readonly FeedVerdict Has = new("feed", FeedAnswer.Exists) { Versions = ["1.0.0", "2.0.0"] };
    private static readonly FeedVerdict HasNot = new("feed", FeedAnswer.Absent);
    private static readonly FeedVerdict Silent = FeedVerdict.Unknown("corp", "it refuses this user (403)");

    [Fact]
    public void An_id_is_absent_only_where_every_source_denies_it()
    {
        Finding finding = Assert.Single(NonexistentPackage.Check([Looked("Acme.Jsn", HasNot)], static _ => [new("Acme.Json", "declared in this repository"), new("Acme.Jwt", "near")]));
        Assert.Equal(("RGATE2101", At, "Acme.Jsn"), (finding.Rule.Id, finding.Location, finding.Subject));
        Assert.Contains("Acme.Json (declared in this repository), or Acme.Jwt (near)", finding.Fix, StringComparison.Ordinal);
        Assert.Equal("Acme.Json", Assert.Single(finding.Edits).NewText);

        Finding without = Assert.Single(NonexistentPackage.Check([Looked("Acme.Jsn", HasNot, HasNot with { Source = "corp" })], static _ => []));
        Assert.Contains("neither feed nor corp", without.What, StringComparison.Ordinal);
        Assert.Empty(without.Edits);

        foreach (LookedUpPackage honest in (LookedUpPackage[])
        [
            Looked("A", HasNot, Silent),
            Looked("A", Silent),
            Looked("A", HasNot, Has with { Source = "corp" }),
            Looked("A"),
            Look(Looked("A", HasNot), static look => look with { IsLocal = true }),
            Look(Looked("A", HasNot), static look => look with { IsRecorded = true }),
        ])
        {
            Assert.Empty(NonexistentPackage.Check([honest], static _ => throw new InvalidOperationException("nobody should be asked")));
        }
    }

    [Fact]
    public void Another_id_is_also_written_into_the_central_version_unless_it_has_one_there()
    {
        var central = new TextSpan("/repo/Directory.Packages.props", 9, 30, 38);
        LookedUpPackage package = Looked("Acme.Jsn", HasNot);
        package = package with { Package = package.Package with { CentralIdSpans = [central], CentralIds = ["Acme.Jsn"] } };

        Assert.Equal([(At.File, "Acme.Json"), (central.File, "Acme.Json")], Edits(package));
        Assert.Equal([(At.File, "Acme.Json")], Edits(package with { Package = package.Package with { CentralIds = ["Acme.Jsn", "Acme.Json"] } }));
        // The central version itself is what is told, where nothing references it.
        Assert.Equal([(central.File, "Acme.Json")], Edits(package with { Package = package.Package with { IdSpan = central } }));
        Assert.Empty(Edits(package with { Package = package.Package with { IdSpan = null } }));
        // What the project references already would be there twice.
        LookedUpPackage beside = package with { Package = package.Package with { Siblings = ["Acme.Json", "Acme.Other"] } };
        Assert.Empty(Edits(beside));
        Assert.Contains("Acme.Json is declared beside it already: remove Acme.Jsn", Assert.Single(NonexistentPackage.Check([beside], static _ => [new("Acme.Json", "near")])).Fix, StringComparison.Ordinal);
        Assert.NotEmpty(Edits(package with { Package = package.Package with { Siblings = ["Acme.Other"] } }));

        static IEnumerable<(string, string)> Edits(LookedUpPackage package) =>
            Assert.Single(NonexistentPackage.Check([package], static _ => [new("Acme.Json", "near")])).Edits.Select(static edit => (edit.File, edit.NewText));
    }

    [Fact]
    public void For_a_tool_tools_are_proposed_and_only_what_is_known_to_be_one_is_written()
    {
        NonexistentPackage.Suggestion library = new("Acme.Json", "near", IsTool: false), tool = new("Acme.Jsont", "near", IsTool: true), unknown = new("Acme.Jsonu", "near");
        LookedUpPackage asked = Looked("Acme.Jsn", HasNot);
        LookedUpPackage manifest = asked with { Package = asked.Package with { Kind = PackageDeclarationKind.Tool } };

        Assert.Equal((true, true), (Of(manifest, library, unknown, tool).Fix.StartsWith("Did you mean Acme.Jsont (near), or Acme.Jsonu (near)?", StringComparison.Ordinal), Of(manifest, library).Fix.StartsWith("Correct the id", StringComparison.Ordinal)));
        Assert.Equal("Acme.Jsont", Assert.Single(Of(manifest, library, unknown, tool).Edits).NewText);
        Assert.Empty(Of(manifest, library, unknown).Edits);
        // A project can reference no tool; what is unknown it may.
        Assert.Equal("Acme.Json", Assert.Single(Of(asked, tool, library, unknown).Edits).NewText);
        Assert.Equal("Acme.Jsonu", Assert.Single(Of(asked, tool, unknown).Edits).NewText);
        Assert.Empty(Of(asked, tool).Edits);

        static Finding Of(LookedUpPackage package, params NonexistentPackage.Suggestion[] near) => Assert.Single(NonexistentPackage.Check([package], _ => near));
    }

    [Fact]
    public void A_version_is_absent_only_where_every_source_denies_it_and_the_id_exists()
    {
        Finding finding = Assert.Single(NonexistentVersion.Check([Look(Looked("Acme.Json", Has), static look => look with { Version = "1.5.0", NearestVersions = ["1.0.0", "2.0.0"] })]));
        Assert.Equal(("RGATE2102", VersionAt, "Acme.Json/1.5.0"), (finding.Rule.Id, finding.Location, finding.Subject));
        Assert.Contains("1.0.0, 2.0.0", finding.Fix, StringComparison.Ordinal);
        Assert.Equal("1.0.0", Assert.Single(finding.Edits).NewText);

        Assert.Empty(NonexistentVersion.Check(
        [
            Looked("A", Has),
            Looked("A", HasNot),
            Look(Looked("A", Has, Silent), static look => look with { Version = "9.9.9" }),
            Look(Looked("A", Has), static look => look with { Version = "" }),
            Look(Looked("A", Has), static look => look with { Version = "9.9.9", IsLocal = true }),
            Look(Looked("A", Has with { Versions = ["1.0.0-RC.1"] }), static look => look with { Version = "1.0.0-rc.1" }),
        ]));
    }

    [Theory]
    [InlineData("1.5.0", "1.4.0,2.0.0", "1.4.0")]
    [InlineData("6.2.0", "6.3.0,7.0.0", "6.3.0")]
    [InlineData("2.10.0", "3.0.0,2.9.3,2.9.2", "2.9.3")]
    // Nobody can know which of the two a person meant.
    [InlineData("6.2.0", "0.38.5,7.0.0", null)]
    [InlineData("1.5.0", "2.0.0,3.0.0", null)]
    // A version that never was: what there is is older.
    [InlineData("99.0.0", "3.6.0,2.1.0", "3.6.0")]
    [InlineData("10.0.0", "9.0.0", "9.0.0")]
    public void Another_major_version_is_put_in_its_place_only_where_there_is_no_newer_one(string wanted, string near, string? edit)
    {
        Finding finding = Assert.Single(NonexistentVersion.Check([Look(Looked("Acme.Json", Has), look => look with { Version = wanted, NearestVersions = [.. near.Split(',')] })]));
        Assert.Equal(edit, finding.Edits.Select(static change => change.NewText).SingleOrDefault());
        Assert.Contains(near.Split(',')[0], finding.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, "12 hours ago")]
    [InlineData(3, "3 days ago")]
    [InlineData(6.99, "6 days ago")]
    [InlineData(7, "")]
    [InlineData(2000, "")]
    public void The_cooldown_ends_after_its_days(double days, string text)
    {
        Finding[] findings = [.. PackageTooYoung.Check([Aged(days)], Week)];
        Assert.Equal(text.Length > 0 ? 1 : 0, findings.Length);
        Assert.All(findings, finding =>
        {
            Assert.Equal(("RGATE2103", VersionAt), (finding.Rule.Id, finding.Location));
            Assert.Contains(text, finding.What, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_cooldown_has_exceptions_and_what_has_no_date_is_not_judged()
    {
        LookedUpPackage young = Aged(1);
        Assert.Empty(PackageTooYoung.Check([young], Week with { Days = 0 }));
        Assert.Empty(PackageTooYoung.Check([young], Week with { ExemptSources = ["Feed"] }));
        Assert.Empty(PackageTooYoung.Check([Looked("A", Has), Look(Looked("A", Has), static look => look with { Metadata = new PackageMetadata("feed") })], Week));
        foreach ((AllowedInput entry, bool allows) in ((AllowedInput, bool)[])
        [
            (Allowed("Acme.*", "", "2026-06-15"), true),
            (Allowed("acme.json", "1.0.0.0", "2026-06-16"), true),
            (Allowed("Acme.Json", "1.0.1", "2026-06-16"), false),
            (Allowed("Acme.Json", "", "2026-06-14"), false),
            (Allowed("Acme.Jsn", "", "2026-06-16"), false),
        ])
        {
            Finding? finding = PackageTooYoung.Check([young], Week with { Allowed = new AllowList("x") { Entries = [entry] } }).SingleOrDefault();
            Assert.Equal(allows, finding is null);
            Assert.Equal(entry.Until == new DateOnly(2026, 6, 14), finding?.What.Contains("ended on 2026-06-14", StringComparison.Ordinal) ?? false);
        }
    }

    [Fact]
    public void Homoglyphs_are_errors_close_names_warnings_and_with_a_second_signal_errors()
    {
        var metadata = new PackageMetadata("feed") { Published = Now.AddYears(-3), FirstPublished = Now.AddYears(-3), VersionCount = 40 };
        Assert.Equal(Severity.Warning, Judge("Newtonsoft.Jsom", metadata));
        Assert.Equal(Severity.Error, Judge("Newtonsoft.Jsom", metadata with { VersionCount = 2 }));
        Assert.Equal(Severity.Error, Judge("Newtonsoft.Jsom", metadata with { FirstPublished = Now.AddDays(-30) }));
        Assert.Equal(Severity.Error, Judge("Newtonsoft.Jsom", metadata, new Resemblance(new PackageOwnership(["x"], true, 1), new PackageOwnership(["y"], true, 1))));
        Assert.Equal(Severity.Error, Judge("Newtonsoft.Jsom", metadata, new Resemblance(new PackageOwnership([], false, 1), new PackageOwnership([], true, 1))));
        Assert.Equal(Severity.Warning, Judge("Newtonsoft.Jsom", metadata, new Resemblance(new PackageOwnership(["x"], false, 1), new PackageOwnership(["X"], false, 1))));
        Assert.Equal(Severity.Error, Judge("Newtonsоft.Json", metadata));
        Assert.Null(Judge("Newtonsoft.Json", metadata with { VersionCount = 1 }));
        Assert.Null(Judge("Polly.Core", metadata with { VersionCount = 1 }));
        Assert.Null(Judge("Serilog.Sinks.MyCorp", metadata with { VersionCount = 1 }));
        // Another version of a known package, one that does not exist, and one's own feed.
        LookedUpPackage close = Look(Looked("Newtonsoft.Jsom", Has), look => look with { Metadata = metadata with { VersionCount = 1 } });
        Assert.Empty(Check(close with { Package = close.Package with { IsIdNew = false } }, Week));
        Assert.Empty(Check(Looked("Newtonsoft.Jsom", HasNot), Week));
        Assert.Equal(Severity.Warning, Assert.Single(Check(close, Week with { ExemptSources = ["feed"] })).DefaultSeverity);

        // Whoever has made sure says so, of this id and no other, and as long as the entry holds.
        foreach ((string entry, DateOnly? until, bool allows) in ((string, DateOnly?, bool)[])
        [
            ("newtonsoft.jsom", null, true),
            ("Newtonsoft.Jsom", new DateOnly(2026, 6, 15), true),
            ("Newtonsoft.Jsom", new DateOnly(2026, 6, 14), false),
            ("Newtonsoft.Jsön", null, false),
        ])
        {
            AllowList allowed = new("/repo/reprogate.allow.json") { Entries = [new AllowedInput(AllowedKind.Lookalike, entry, "ours") { Until = until }] };
            Assert.Equal(allows, !Check(close, Week with { Allowed = allowed }).Any());
        }

        // The exception of the cooldown says nothing of names.
        Assert.Single(Check(close, Week with { Allowed = new("/x") { Entries = [new AllowedInput(AllowedKind.Package, "Newtonsoft.*", "fix")] } }));
        // A homoglyph is written so that it cannot pass for the other.
        Assert.Contains("\"lookalike\": \"Newtons\\u043eft.Json\"", Assert.Single(Check(Look(Looked("Newtonsоft.Json", Has), look => look with { Metadata = metadata }), Week)).Fix, StringComparison.Ordinal);

        static Severity? Judge(string id, PackageMetadata metadata, Resemblance? resemblance = null) =>
            Check(Look(Looked(id, Has), look => look with { Metadata = metadata }), Week, resemblance).SingleOrDefault()?.DefaultSeverity;

        static IEnumerable<Finding> Check(LookedUpPackage package, CooldownPolicy policy, Resemblance? resemblance = null) =>
            LookalikePackage.Check([package], KnownNames.None, policy, (_, _) => resemblance ?? new Resemblance(null, null));
    }

    [Fact]
    public void No_answer_is_told_once_for_each_reason_and_accuses_nobody()
    {
        LookedUpPackage[] packages = [Looked("A", Silent), Looked("B", HasNot, Silent), Looked("C", Has), Looked("D")];
        Finding finding = Assert.Single(PackagesNotLookedUp.Check(packages, Week));
        Assert.Equal(("RGATE0090", At), (finding.Rule.Id, finding.Location));
        Assert.Contains("A 1.0.0, B 1.0.0 exist", finding.What, StringComparison.Ordinal);
        Assert.Contains("corp: it refuses this user (403)", finding.What, StringComparison.Ordinal);

        LookedUpPackage ageless = Look(Looked("A", Has), static look => look with { MetadataReason = "it hangs" });
        Assert.Contains("How old A 1.0.0 is", Assert.Single(PackagesNotLookedUp.Check([ageless], Week)).What, StringComparison.Ordinal);
        Assert.Empty(PackagesNotLookedUp.Check([ageless], Week with { Days = 0 }));
        // A source that never tells is exempt, whether it told of the package without a date or not at all.
        Assert.Empty(PackagesNotLookedUp.Check([Look(Looked("A", Has), static look => look with { Metadata = new PackageMetadata("feed") }), ageless], Week with { ExemptSources = [.. ageless.LookUp.Verdicts.Select(static verdict => verdict.Source.ToUpperInvariant()), "feed"] }));
        // Whichever packages a project is new to, what the source keeps back is one fault of a build.
        Assert.Equal(
            SharedFault.KeyOf(Assert.Single(PackagesNotLookedUp.Check([ageless], Week))),
            SharedFault.KeyOf(Assert.Single(PackagesNotLookedUp.Check([Look(Looked("B", Has), static look => look with { MetadataReason = "it hangs" })], Week))));
        Assert.Contains("feed does not tell", Assert.Single(PackagesNotLookedUp.Check([Look(Looked("A", Has), static look => look with { Metadata = new PackageMetadata("feed") })], Week)).What, StringComparison.Ordinal);
        Assert.Empty(PackagesNotLookedUp.Check([Look(Looked("A", Has), static look => look with { Metadata = new PackageMetadata("feed") { Listed = false } }), Aged(1)], Week));
    }

    [Fact]
    public void Unlisted_deprecated_and_vanished_packages_are_told_with_what_to_take()
    {
        Assert.Contains("Take Acme.Text", Withdrawn(static look => look with { Metadata = new PackageMetadata("feed") { Deprecation = new PackageDeprecation(["Legacy"], "No more.", "Acme.Text") } })!.Fix, StringComparison.Ordinal);
        Assert.Contains("unlisted", Withdrawn(static look => look with { Metadata = new PackageMetadata("feed") { Listed = false } })!.What, StringComparison.Ordinal);
        Assert.Contains("packages folder", Withdrawn(static look => look with { Version = "3.0.0", IsLocal = true })!.What, StringComparison.Ordinal);
        Assert.Null(Withdrawn(static look => look with { IsLocal = true }));
        Assert.Null(Withdrawn(static look => look with { Version = "3.0.0", IsLocal = true, Verdicts = [] }));
        Assert.Null(Withdrawn(static look => look with { Version = "3.0.0", IsLocal = true, Verdicts = [Has, Silent] }));
        Assert.Null(Withdrawn(static look => look with { Metadata = new PackageMetadata("feed") }));

        static Finding? Withdrawn(Func<PackageLookUp, PackageLookUp> change) => PackageWithdrawn.Check([Look(Looked("Acme.Json", Has), change)]).SingleOrDefault();
    }

    [Fact]
    public void Build_code_of_a_new_package_is_named_and_other_files_are_not()
    {
        ImmutableArray<string> files = ["lib/net10.0/A.dll", "build/A.props", "buildTransitive/net8.0/A.targets", "build/readme.txt", "analyzers/dotnet/cs/A.dll", "analyzers/dotnet/cs/de/A.resources.dll", "builder/A.targets", "tools/init.ps1"];
        Assert.Equal(["analyzers/dotnet/cs/A.dll", "build/A.props", "buildTransitive/net8.0/A.targets"], PackageBringsBuildCode.CodeOf(files).AsEnumerable());
        NewPackage package = Looked("A", Has).Package;
        Assert.Equal(("RGATE2106", At), Assert.Single(PackageBringsBuildCode.Check([package], _ => files)) is var finding ? (finding.Rule.Id, finding.Location) : default);
        Assert.Empty(PackageBringsBuildCode.Check([package with { IsIdNew = false }], _ => files));
        Assert.Empty(PackageBringsBuildCode.Check([package], static _ => ["lib/net10.0/A.dll", "contentFiles/any/any/build/A.targets"]));
        Assert.Empty(PackageBringsBuildCode.Check([package], static _ => default));
    }

    private static AllowedInput Allowed(string id, string version, string until) => new(AllowedKind.Package, id, "because") { Version = version, Until = DateOnly.Parse(until, System.Globalization.CultureInfo.InvariantCulture) };

    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "build;buildTransitive;buildMultitargeting;analyzers", false)]
    [InlineData("", "BUILD, buildtransitive, Analyzers", false)]
    [InlineData("", "all", false)]
    [InlineData("compile;runtime", "", false)]
    [InlineData("all", "", true)]
    // One kind is left, and one that is excluded by no word of its own.
    [InlineData("", "build;buildTransitive", true)]
    [InlineData("", "build;analyzers", true)]
    [InlineData("", "buildMultitargeting", true)]
    [InlineData("", "runtime;native;contentFiles", true)]
    [InlineData("compile;analyzers", "", true)]
    public void Code_that_the_reference_keeps_out_of_the_build_is_not_told(string include, string exclude, bool told)
    {
        NewPackage package = Looked("A", Has).Package with { IsIdNew = true, IncludeAssets = include, ExcludeAssets = exclude };
        Assert.Equal(told, PackageBringsBuildCode.Check([package], static _ => ["lib/A.dll", "build/A.props", "buildMultiTargeting/A.props", "buildTransitive/A.targets", "analyzers/dotnet/cs/A.dll"]).Any());
    }

    private static LookedUpPackage Aged(double days) => Look(Looked("Acme.Json", Has), look => look with { Metadata = new PackageMetadata("feed") { Published = Now.AddDays(-days), FirstPublished = Now.AddYears(-5), VersionCount = 9 } });

    private static LookedUpPackage Looked(string id, params ImmutableArray<FeedVerdict> verdicts) => new(
        new NewPackage(id, "1.0.0", PackageDeclarationKind.Reference, At)
        {
            VersionLocation = VersionAt,
            IdSpan = new TextSpan(At.File, 4, 32, 32 + id.Length),
            VersionSpan = new TextSpan(VersionAt.File, 9, 40, 45),
        },
        new PackageLookUp(id, "1.0.0") { Verdicts = verdicts });

    private static LookedUpPackage Look(LookedUpPackage package, Func<PackageLookUp, PackageLookUp> change) => package with { LookUp = change(package.LookUp) };
}
