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
    public void The_id_that_was_meant_is_among_three(string id, string meant) =>
        Assert.Contains(meant, NameSuggestions.FromKnown(id, KnownNames.None).Select(static candidate => candidate.Id));

    [Fact]
    public void Ids_of_the_repository_come_with_their_reason()
    {
        NameCandidate first = NameSuggestions.FromKnown("Acme.Loging", new KnownNames(["Acme.Logging"], [], ["Acme.Lagging"]))[0];

        Assert.Equal(("Acme.Logging", "declared in this repository, differs by one letter"), (first.Id, first.Reason));
    }

    [Fact]
    public void Probes_are_other_spellings_within_the_limit()
    {
        IReadOnlyList<string> probes = NameSuggestions.Probes("Acme-Logging", 5);

        Assert.Equal(5, probes.Count);
        Assert.Equal(["AcmeLogging", "Acme.Logging"], probes.Take(2));
    }
}
