using SwePlatform.Api.Features.Performance.Measuring;
using SwePlatform.Api.Features.Performance.SlowRequests;
using Xunit;

namespace SwePlatform.Tests.Features.Performance;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Each_bucket_begins_where_the_one_before_it_ends()
    {
        for (var value = 0L; value < 10_000_000; value += 1 + value / 97)
        {
            var bucket = LatencyHistogram.Bucket(value);
            Assert.True(
                LatencyHistogram.LowerBound(bucket) <= value && value < LatencyHistogram.LowerBound(bucket + 1),
                $"{value} is not in bucket {bucket}."
            );
        }
        Assert.Equal(LatencyHistogram.Bucket(long.MaxValue), LatencyHistogram.Bucket(1L << 40));
        Assert.Equal(0, LatencyHistogram.Bucket(-5));
    }

    [Fact]
    public void Percentiles_of_merged_histograms_are_those_of_all_values_together()
    {
        var random = new Random(7);
        var values = Enumerable.Range(0, 20_000).Select(_ => (long)(Math.Exp(random.NextDouble() * 9) * 10)).ToArray();
        var (one, two) = (new LatencyHistogram(), new LatencyHistogram());
        foreach (var (index, value) in values.Index())
        {
            (index % 3 == 0 ? one : two).Record(value);
        }
        var merged = new LatencyDistribution();
        foreach (var histogram in new[] { one, two })
        {
            var (buckets, counts) = histogram.Drain();
            merged.Add(buckets, counts, 0, values.Max());
        }
        Array.Sort(values);

        foreach (var share in new[] { 0.5, 0.9, 0.95, 0.99, 0.999 })
        {
            var exact = values[(int)(share * values.Length)] / 1000.0;
            Assert.InRange(merged.Percentile(share)!.Value, exact * 0.97, exact * 1.03);
        }
        Assert.Equal(values.Length, merged.Count);
    }

    [Fact]
    public void What_is_drained_is_not_counted_again_unless_it_is_put_back()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(100);
        var (buckets, counts) = histogram.Drain();
        Assert.Empty(histogram.Drain().Buckets);

        histogram.Restore(buckets, counts);

        Assert.Equal(counts, histogram.Drain().Counts);
    }

    [Theory]
    [InlineData("SELECT * FROM t WHERE a = 'it''s secret' AND b = 42 AND c = $1", "SELECT * FROM t WHERE a = ? AND b = ? AND c = $1")]
    [InlineData("SELECT p0.id FROM projects AS p0 LIMIT @p1", "SELECT p0.id FROM projects AS p0 LIMIT @p1")]
    public void Sql_is_shown_without_values(string sql, string shown) => Assert.Equal(shown, SqlText.WithoutValues(sql));
}
