using System.Diagnostics.Metrics;
using SwePlatform.ServiceDefaults;

namespace SwePlatform.Api.Features.Audit;

/// <summary>What is measured about the audit log.</summary>
internal sealed class AuditMetrics
{
    private readonly Counter<long> _entries;
    private readonly Counter<long> _failures;

    public AuditMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Extensions.TelemetryName);
        _entries = meter.CreateCounter<long>("audit_entries", description: "Audit entries written.");
        _failures = meter.CreateCounter<long>(
            "audit_write_failures",
            description: "Audit entries that could not be written; what they were about was refused."
        );
        // A rate sees an increase only from a value that it has seen before.
        _failures.Add(0);
    }

    public void Written(int entries) => _entries.Add(entries);

    public void Failed() => _failures.Add(1);
}
