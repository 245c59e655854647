using ReproGate.Gates.Packages.Names;

namespace ReproGate.Core.Tests.Gates.Packages.Names;

public sealed class NameSuggestionsTests
{
    [Theory]
    [InlineData("Newtonsoft.JSON.Net", "Newtonsoft.Json")]
    [InlineData("EntityFrameworkCore.PostgreSQL", "Npgsql.EntityFrameworkCore.PostgreSQL")]
    [InlineData("Swashbuckle.AspNet.Core", "Swashbuckle.AspNetCore")]
    [InlineData("Serilog.Sink.Console", "Serilog.Sinks.Console")]
    [InlineData("AspNetCore.Authentication.JwtBearer", "Microsoft.AspNetCore.Authentication.JwtBearer")]
    [InlineData("StackExchange.Redis.Client", "StackExchange.Redis")]
    [InlineData("AutoMapper.DependencyInjection", "AutoMapper.Extensions.Microsoft.DependencyInjection")]
    [InlineData("Microsoft.Extensions.DI", "Microsoft.Extensions.DependencyInjection")]
    [InlineData("Npgsql.EFCore.PostgreSQL", "Npgsql.EntityFrameworkCore.PostgreSQL")]
    [InlineData("OpenTelemetry.Exporter.Otlp", "OpenTelemetry.Exporter.OpenTelemetryProtocol")]
    [InlineData("Testcontainers.Postgres", "Testcontainers.PostgreSql")]
    [InlineData("Newt\u043Ensoft.Js\u043En", "Newtonsoft.Json")]
    [InlineData("Pol1y", "Polly")]
    [InlineData("xunit.visualstudio.runner", "xunit.runner.visualstudio")]
    public void The_id_that_was_meant_is_among_three(string id, string meant) =>
        Assert.Contains(meant, NameSuggestions.FromKnown(id, KnownNames.None).Select(static candidate => candidate.Id));

    [Theory]
    [InlineData("Acme.Loging", "Acme.Logging", "declared in this repository, differs by one letter")]
    [InlineData("AcmeLogging", "Acme.Logging", "declared in this repository, differs only in separators")]
    [InlineData("Logging.Acme", "Acme.Logging", "declared in this repository, the same words in another order")]
    [InlineData("Acme.Logging.Core", "Acme.Logging", "declared in this repository, without \"Core\"")]
    [InlineData("Fabrikam.Client", "Fabrikam.Storage.Client", "locked in this repository, with \"Storage\"")]
    [InlineData("Contoso.Mial", "Contoso.Mail", "in this machine's packages folder, differs by one letter")]
    [InlineData("Newt\u043Ensoft.Json", "Newtonsoft.Json", "well known, looks the same")]
    public void The_reason_says_where_it_is_known_from_and_how_it_differs(string id, string first, string reason)
    {
        NameCandidate candidate = NameSuggestions.FromKnown(id, new KnownNames(["Acme.Logging"], ["Fabrikam.Storage.Client"], ["Contoso.Mail"]))[0];

        Assert.Equal((first, reason), (candidate.Id, candidate.Reason));
    }

    [Fact]
    public void The_repositorys_own_ids_come_before_equal_others()
    {
        string[] candidates = [.. NameSuggestions.FromKnown("Acme.Store", new KnownNames(["Acme.Stores"], [], ["Acme.Stored"])).Select(static candidate => candidate.Id)];

        Assert.Equal(["Acme.Stores", "Acme.Stored"], candidates.Take(2));
    }

    [Fact]
    public void An_id_known_from_two_places_is_suggested_once()
    {
        IReadOnlyList<NameCandidate> candidates = NameSuggestions.FromKnown("Newtonsoft.Jsn", new KnownNames(["Newtonsoft.Json"], ["newtonsoft.json"], ["newtonsoft.json"]));

        Assert.StartsWith("declared in this repository", Assert.Single(candidates, static candidate => candidate.Id.Equals("Newtonsoft.Json", StringComparison.OrdinalIgnoreCase)).Reason);
    }

    [Fact]
    public void The_id_itself_and_ids_unlike_it_are_no_suggestion()
    {
        Assert.DoesNotContain(NameSuggestions.FromKnown("Newtonsoft.Json", KnownNames.None), static candidate => candidate.Id == "Newtonsoft.Json");
        Assert.Empty(NameSuggestions.FromKnown("Qqqzzxv.Wwkkjh", KnownNames.None));
        Assert.Empty(NameSuggestions.FromKnown("", KnownNames.None));
        // That the repository declares it makes it no more like the one that was written.
        Assert.Empty(NameSuggestions.FromKnown("markdownsnippets.tool", new KnownNames(["Cake.Tool"], [], [])));
        Assert.Empty(NameSuggestions.FromKnown("Serilog", KnownNames.None, 0));
        Assert.True(NameSuggestions.FromKnown("Serilog.Sinks", KnownNames.None, 5).Count == 5);
    }

    [Fact]
    public void Scores_fall_and_stay_between_none_and_one()
    {
        double[] scores = [.. NameSuggestions.FromKnown("Microsoft.Extensions.Loging", new KnownNames(["Microsoft.Extensions.Logging"], [], []), 10).Select(static candidate => candidate.Score)];

        Assert.Equal(scores.OrderDescending(), scores);
        Assert.All(scores, static score => Assert.InRange(score, 0, 1));
    }

    [Theory]
    [InlineData("Acme-Logging", "Acme.Logging")]
    [InlineData("Acme.Log.Ging", "AcmeLogGing")]
    [InlineData("AcmeLogging", "Acme.Logging")]
    [InlineData("Logging.Acme", "Acme.Logging")]
    [InlineData("Acme.Logging.Core", "Acme.Logging")]
    [InlineData("Acme.Logging.Net", "Acme.Logging")]
    [InlineData("Acme.Tools", "Acme.Tool")]
    [InlineData("Acme.Tool", "Acme.Tools")]
    [InlineData("Acme", "Acme.Client")]
    [InlineData("Acme", "Acme.Core")]
    [InlineData("Acme.Client.Orders", "Acme.Orders.Client")]
    [InlineData("AspNetCore.Authentication.Acme", "Microsoft.AspNetCore.Authentication.Acme")]
    [InlineData("Extensions.Acme", "Microsoft.Extensions.Acme")]
    public void A_likely_spelling_is_worth_asking_for(string id, string spelling) => Assert.Contains(spelling, NameSuggestions.Probes(id));

    [Theory]
    [InlineData("Acme.Orders.Client.Core.Api.Extensions")]
    [InlineData("A.B.C.D.E.F.G.H.I.J.K.L.M.N.O.P.Q.R.S.T.U.V.W.X.Y.Z")]
    [InlineData("Acme")]
    [InlineData("a")]
    public void Spellings_are_ids_distinct_and_within_the_limit(string id)
    {
        IReadOnlyList<string> probes = NameSuggestions.Probes(id, 8);

        Assert.InRange(probes.Count, 1, 8);
        Assert.Equal(probes.Count, probes.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.DoesNotContain(id, probes, StringComparer.OrdinalIgnoreCase);
        Assert.All(probes, static probe => Assert.Matches(@"^\w+([.-]\w+)*$", probe));
        Assert.Empty(NameSuggestions.Probes(id, 0));
    }

    [Theory]
    [InlineData("")]
    [InlineData("...")]
    [InlineData("a b")]
    [InlineData("a\u0000b")]
    [InlineData("a/../b")]
    public void A_text_that_is_no_id_has_no_spellings(string id) => Assert.Empty(NameSuggestions.Probes(id));
}
